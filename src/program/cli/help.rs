//! Texts around the options in the help, and in the manual.

/// The examples. The first line is the title of their section in the manual.
pub(crate) const EXAMPLES: &str = "\
Examples:
  tail -F server.log | imsdk-annotate           watch a log, in colour
  imsdk-annotate logs/*.gz > all.log            annotate files, compressed or not, into one
  imsdk-annotate --output-dir annotated/ logs/  annotate each file of a folder into another
  imsdk-annotate --strict ci.log                a log that other programs write into, too
  imsdk-annotate --only error -C2 server.log    errors alone, with the lines around them
  imsdk-annotate -q --report text=- server.log  which codes, how often, where first
  imsdk-annotate --fields app.log               notes for machines: JSON stays JSON
  imsdk-annotate --explain -204 -299..-201      what codes mean

  ret=-204 openid=7   becomes   ret=-204 (auth: user session is failure!) openid=7";

/// The exit statuses and the rules for colour. The first line is the title of their section in the manual.
pub(crate) const EXIT_STATUS: &str = "\
Exit status:
  0         all went well, whether or not anything was annotated;
            also when the reader of the output has gone away
  1         a check that was asked for (--fail-on, --expect) has failed, or a look-up
            (--explain, --list, --search) has not found all; with --count, -l, and -q
            with --only, no line is selected
  2         trouble: bad usage or configuration, output that cannot be written
  3         outputs are whole, but for inputs that are damaged or cannot be read
  130, 143  ended by SIGINT, SIGTERM

Colour under --color=auto, the first that applies: NO_COLOR (off), CLICOLOR_FORCE (on),
TERM=dumb (off), CLICOLOR=0 (off), a terminal as standard output (on).";

/// The order of the parts of the help, as a template of clap.
pub(crate) const TEMPLATE: &str = "\
{about}

{before-help}{usage-heading} {usage}

{all-args}{after-help}";
