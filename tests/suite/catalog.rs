//! The built-in catalog, row by row, compared with a copy of the vendor's table.

use imsdk_annotate::Catalog;

/// Returns code, message and explanation of each row. Cells are trimmed, and a message loses its trailing comma. All
/// cells from the third on are one explanation: that of -716 has an unescaped `|` in it.
fn vendor_rows() -> Vec<(i32, String, String)> {
    let table = include_str!("../data/imsdk-server-error-codes.md");
    table
        .lines()
        .filter_map(|line| {
            let row = line.strip_prefix('|')?.trim_end();
            let row = row.strip_suffix('|').unwrap_or(row);
            let mut cells = row.splitn(3, '|').map(str::trim);
            let code = cells.next()?.parse().ok()?;
            let message = cells.next()?;
            let message = message.strip_suffix(',').unwrap_or(message);
            Some((code, message.to_owned(), cells.next().unwrap_or("").to_owned()))
        })
        .collect()
}

#[test]
fn the_catalog_is_the_vendors_table() {
    let rows = vendor_rows();
    assert_eq!(rows.len(), 190);
    let catalog = Catalog::builtin();
    let entries: Vec<_> = catalog
        .entries()
        .iter()
        .map(|entry| (entry.code(), entry.message().to_owned(), entry.explanation().to_owned()))
        .collect();
    assert_eq!(entries, rows);
}

#[test]
fn the_repairs_are_in_force() {
    let catalog = Catalog::builtin();
    let entry = |code| catalog.get(code).unwrap();
    assert_eq!(entry(-602).message(), "logind innertoken or Openid params is error!");
    assert_eq!(entry(-602).explanation(), "");
    assert_eq!(entry(-1101).message(), "RET_TICKET_WRONG");
    assert!(entry(-716).explanation().ends_with("则可以走connect | restore属性"));
}
