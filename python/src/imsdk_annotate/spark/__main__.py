"""The file that `spark-submit` starts, which takes only names with `.py`; also `python -m imsdk_annotate.spark`."""

import sys

from imsdk_annotate.spark import main

if __name__ == "__main__":
    sys.exit(main())
