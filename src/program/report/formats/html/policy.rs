//! The policy of the page: nothing is loaded, and no script or style but its own has an effect.

/// The style of the page.
pub(super) const STYLE: &str = include_str!("page.css");
/// The script of the page, which adds sorting, searching, choice of language and colours, and copying.
pub(super) const SCRIPT: &str = include_str!("page.js");

/// The hash of [`STYLE`]. The test `the_policy_allows_the_script_and_the_style_of_the_page_alone` tells the value after a change.
const STYLE_HASH: &str = "sha256-jXPybI7RtBSlTiDYKKCPlQ9kQrI82kxEUcmowXJxQeQ=";
/// The hash of [`SCRIPT`].
const SCRIPT_HASH: &str = "sha256-jOqQdmvo7GaHPowFyIVphAWJcGeeNERTbWHLd4ySstU=";

/// Returns the content security policy.
pub(super) fn policy() -> String {
    format!(
        "default-src 'none'; style-src '{STYLE_HASH}'; script-src '{SCRIPT_HASH}'; base-uri 'none'; form-action 'none'"
    )
}
