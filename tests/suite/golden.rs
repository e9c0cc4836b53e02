//! Golden cases: `tests/data/golden/NAME.in` becomes `NAME.out`, through the binary.

use crate::command::annotate;
use std::fs;
use std::path::Path;

#[test]
fn each_input_becomes_its_output() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/golden");
    let mut cases = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "in") {
            let annotated = annotate(&[path.to_str().unwrap()], b"").escape_ascii().to_string();
            let expected = fs::read(path.with_extension("out")).unwrap().escape_ascii().to_string();
            assert_eq!(annotated, expected, "{}", path.display());
            cases += 1;
        }
    }
    assert!(cases >= 4);
}
