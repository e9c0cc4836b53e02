//! Annotates a text with the meaning of each return code, and prints the place and the severity of each field.
//!
//! ```text
//! $ cargo run --example annotate
//! ```

use imsdk_annotate::Annotator;

fn main() {
    let annotator = Annotator::new();
    let text = "login ret=-204 openid=7\nbind ret=1\n";

    let annotated = annotator.annotate(text.as_bytes());
    print!("{}", String::from_utf8_lossy(&annotated));

    for field in annotator.fields(text.as_bytes()) {
        let entry =
            field.entry().expect("an annotator finds codes of its catalog alone, unless told otherwise");
        println!("{} stands at {:?}: {}", &text[field.range()], field.range(), entry.severity());
    }
}
