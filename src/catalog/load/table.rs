//! Catalogs as CSV and TSV.

use super::LineCounter;
use super::header::Header;
use super::row::Rows;
use csv::{ReaderBuilder, StringRecord, Terminator};

/// Reads a table with a header, and adds its rows to `rows` or refuses them. `delimiter` stands between cells.
pub(super) fn read(text: &str, delimiter: u8, rows: &mut Rows) {
    // A carriage return before a newline is read as white space at the end of a cell, which is trimmed. A carriage
    // return elsewhere stays in its cell and is refused as a control character.
    let mut rdr = ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .terminator(Terminator::Any(b'\n'))
        .from_reader(text.as_bytes());
    let mut lines = LineCounter::new(text);
    let mut record = StringRecord::new();
    let mut last = 0;
    let mut header: Option<Header> = None;
    // Text in memory can always be read, and is UTF-8.
    while let Ok(true) = rdr.read_record(&mut record) {
        if record.len() == 1 && record[0].trim().is_empty() {
            continue;
        }
        last = place_of(&record, text);
        let line = lines.line_of(last);
        match &header {
            None => {
                let new = Header::of(record.iter());
                if let Err(reason) = new.check(record.iter()) {
                    return rows.refuse(line, reason);
                }
                header = Some(new);
            }
            Some(header) if record.iter().skip(header.width()).any(|cell| !cell.trim().is_empty()) => {
                rows.refuse(
                    line,
                    format!("the row has {} cells, more than the header's {}", record.len(), header.width()),
                );
            }
            Some(header) => rows.add(line, &header.row(record.iter().map(Into::into))),
        }
    }
    if is_left_open(&text[last..], char::from(delimiter)) {
        rows.refuse(
            lines.line_of(last),
            "a quote that opens in this row is not closed; double a quote within quotes".to_owned(),
        );
    }
    if header.is_none() {
        rows.refuse(
            1,
            "the catalog is empty; a header with code and message is needed, and rows below it".to_owned(),
        );
    }
}

/// Returns true if the last record has a cell in quotes that goes on to the end of the text.
fn is_left_open(record: &str, delimiter: char) -> bool {
    let has_quoted_cell = record.starts_with('"') || record.contains(&format!("{delimiter}\""));
    has_quoted_cell && record.matches('"').count() % 2 == 1
}

/// Returns the byte offset in the text at which a record begins. The reader gives the offset at which it began to look
/// for the record, which is before empty lines.
fn place_of(record: &StringRecord, text: &str) -> usize {
    let place = record.position().and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(0);
    place + text.as_bytes()[place..].iter().take_while(|&&byte| byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use crate::Entry;
    use crate::catalog::load::{BadRow, CatalogError, CatalogFormat};

    fn parse(text: &str) -> Result<Vec<Entry>, Vec<String>> {
        let bad_rows = |error: CatalogError| error.bad_rows().iter().map(BadRow::to_string).collect();
        CatalogFormat::Csv.parse(text.as_bytes()).map_err(bad_rows)
    }

    #[test]
    fn quotes_missing_cells_and_other_columns_are_as_in_csv() {
        let text = "note,Message,CODE,错误说明\n\"a\nb\",\"x, \"\"y\"\"\",-1\n,z,2,\" e \"\r\n";
        let expected = vec![Entry::new(-1, "x, \"y\""), Entry::new(2, "z").with_explanation("e")];
        assert_eq!(parse(text), Ok(expected));
    }

    #[test]
    fn lines_are_those_where_records_begin() {
        let text = "\ncode,message,note\n\n\n-1,,\n-2,a,\"n\n\n\"\n\n-3,\n\"-4\",\"x\ny\"\n \n-5,a,b,c\nx";
        let expected = [
            "5: -1: the message is missing",
            "10: -3: the message is missing",
            "11: -4: the message has the control character \\u{a}",
            "14: the row has 4 cells, more than the header's 3",
            "15: \"x\" is no code: write 1 to 9 digits, and - before them if it is negative",
        ];
        let expected: Vec<_> = expected.map(str::to_owned).into();
        assert_eq!(parse(text), Err(expected.clone()));
        assert_eq!(parse(&text.replace('\n', "\r\n")).unwrap_err()[1..2], expected[1..2]);
        let crlf = parse(&text.replace('\n', "\r\n")).unwrap_err();
        let line = |text: &String| text.split(':').next().unwrap().to_owned();
        assert!(crlf.iter().map(line).eq(expected.iter().map(line)), "{crlf:?}");
    }

    #[test]
    fn a_carriage_return_elsewhere_is_a_control_character() {
        assert_eq!(
            parse("code,message\r\n-1,a\rb\r\n\r\n-2,\"c\"\r\n"),
            Err(vec!["2: -1: the message has the control character \\u{d}".to_owned()])
        );
        assert_eq!(parse("code,message\r\n-2,\"c\"\r\n"), Ok(vec![Entry::new(-2, "c")]));
    }

    #[test]
    fn headers_without_code_and_message_are_refused() {
        for (text, expected) in [
            ("\r\n\ncode,msg\n", "3: the header has no column message; it has \"code\", \"msg\""),
            ("-1,failure", "1: the header has no columns code and message; it has \"-1\", \"failure\""),
            ("code,message,错误码\n", "1: the header has the column code twice"),
            ("\n\n", "1: the catalog is empty; a header with code and message is needed, and rows below it"),
        ] {
            assert_eq!(parse(text), Err(vec![expected.to_owned()]));
        }
    }
}
