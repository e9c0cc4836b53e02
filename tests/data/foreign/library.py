"""A module in the style of Python's library."""

EXIT_CODES = {"ok": 0, "usage": 2}


class ToolError(Exception):
    def __init__(self, message, code=1):
        super().__init__(message)
        self.code = code

    @property
    def errcode(self):
        return self.code


def merge(pairs):
    ret = []
    for low, high in pairs:
        if ret and ret[-1][1] == low - 1:
            ret[-1] = (ret[-1][0], high)
        else:
            ret.append((low, high))
    return ret[1:]


def run(args, retries=3):
    ret = subprocess.call(args)
    if ret == -1 or ret > 2:
        raise ToolError("exited with code %d" % ret, code=ret)
    status_code, exit_code = 200, -1
    print(f"{args[0]}: exit code {exit_code}, code point {ord(args[0][0])}")
    sys.exit(-1 if retries < 0 else ret)
