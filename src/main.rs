//! The program `imsdk-annotate`: everything is in [`imsdk_annotate::program`].

#![forbid(unsafe_code)]

/// Looks at the standard streams before Rust's runtime changes closed ones.
#[ctor::ctor]
fn before_main() {
    imsdk_annotate::program::look_at_standard_streams();
}

fn main() -> std::process::ExitCode {
    imsdk_annotate::program::main()
}
