//! A file as rows of named cells. Comma, semicolon or tab; any line ending; quoted cells; a byte order mark or none.

use std::collections::{HashMap, HashSet};

use domain::estate::{ImportKind, RowError};

/// The most rows one file may have.
const MAX_ROWS: usize = 10_000;
const MAX_BYTES: usize = 10 * 1024 * 1024;

#[derive(Debug, Default)]
pub(super) struct Table {
    columns: HashMap<&'static str, usize>,
    pub(super) rows: Vec<Row>,
    pub(super) ignored: Vec<String>,
}

#[derive(Debug)]
pub(super) struct Row {
    /// The spreadsheet's own number.
    pub(super) number: u32,
    cells: csv::StringRecord,
}

impl Table {
    /// # Errors
    /// What is wrong with the file as a whole.
    pub(super) fn read(kind: ImportKind, file: &[u8]) -> Result<Self, Vec<RowError>> {
        let whole = |sentence: &str| vec![RowError { row: 1, column: String::new(), sentence: sentence.to_owned() }];
        if file.len() > MAX_BYTES {
            return Err(whole("The file is larger than 10 MB. Split it and import one part after the other"));
        }
        if file.starts_with(b"PK\x03\x04") || file.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
            return Err(whole("This is an Excel workbook. In Excel choose Save as, then CSV UTF-8, and import that file"));
        }
        let file = file.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(file);
        let Ok(text) = std::str::from_utf8(file) else {
            return Err(whole("The file is not UTF-8 text. In Excel choose Save as, then CSV UTF-8"));
        };
        if text.contains('\u{FFFD}') {
            return Err(whole("Some letters of the file cannot be read. In Excel choose Save as, then CSV UTF-8"));
        }
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter(text)).flexible(true).from_reader(text.as_bytes());
        let headers = reader.headers().map_err(|_| whole("The first row cannot be read"))?.clone();
        let mut table = Self::default();
        for (at, header) in headers.iter().enumerate().filter(|(_, h)| !h.trim().is_empty()) {
            let folded = header.trim().to_lowercase().replace([' ', '-'], "_");
            match kind.columns().iter().find(|c| c.name == folded) {
                Some(column) if table.columns.insert(column.name, at).is_some() => {
                    return Err(vec![RowError {
                        row: 1,
                        column: column.name.to_owned(),
                        sentence: "This column is there twice. Keep one of them".to_owned(),
                    }]);
                }
                Some(_) => {}
                None => table.ignored.push(header.chars().take(60).collect()),
            }
        }
        let missing: Vec<RowError> = kind
            .columns()
            .iter()
            .filter(|c| c.required && !table.columns.contains_key(c.name))
            .map(|c| RowError {
                row: 1,
                column: c.name.to_owned(),
                sentence: format!("The file needs a column called {}. The first row names the columns", c.name),
            })
            .collect();
        if !missing.is_empty() {
            return Err(missing);
        }
        for (at, record) in reader.records().enumerate() {
            let number = u32::try_from(at + 2).unwrap_or(u32::MAX);
            let Ok(cells) = record else {
                return Err(vec![RowError { row: number, column: String::new(), sentence: "This row cannot be read".to_owned() }]);
            };
            if cells.iter().all(|c| c.trim().is_empty()) {
                continue;
            }
            if table.rows.len() == MAX_ROWS {
                return Err(whole("The file has more than 10,000 rows. Split it and import one part after the other"));
            }
            table.rows.push(Row { number, cells });
        }
        if table.rows.is_empty() {
            return Err(whole("The file has no rows below its header"));
        }
        Ok(table)
    }

    pub(super) fn has(&self, column: &str) -> bool {
        self.columns.contains_key(column)
    }

    /// A cell as its author meant it, without the quote that keeps a formula text.
    pub(super) fn cell(&self, row: &Row, column: &str) -> String {
        let cell = self.columns.get(column).and_then(|at| row.cells.get(*at)).unwrap_or_default();
        let cell = cell.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@'])).unwrap_or(cell);
        domain::values::clean_lines(cell)
    }

    /// Puts the cells of columns that are there over the fields of a form.
    pub(super) fn over<'a>(&self, row: &Row, fields: impl IntoIterator<Item = (&'a str, &'a mut String)>) {
        for (column, field) in fields {
            if self.has(column) {
                *field = self.cell(row, column);
            }
        }
    }

    /// Everything in a column, once.
    pub(super) fn all(&self, column: &str) -> Vec<String> {
        let cells: HashSet<String> = self.rows.iter().map(|row| self.cell(row, column)).filter(|c| !c.is_empty()).collect();
        cells.into_iter().collect()
    }
}

/// What stands between the headers, outside quotes, most often.
fn delimiter(text: &str) -> u8 {
    let header = text.lines().find(|l| !l.trim().is_empty()).unwrap_or_default();
    let mut quoted = false;
    let (mut commas, mut semicolons, mut tabs) = (0, 0, 0);
    for c in header.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => commas += 1,
            ';' if !quoted => semicolons += 1,
            '\t' if !quoted => tabs += 1,
            _ => {}
        }
    }
    if semicolons > commas && semicolons >= tabs {
        b';'
    } else if tabs > commas {
        b'\t'
    } else {
        b','
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Table, Vec<RowError>> {
        Table::read(ImportKind::Contacts, text.as_bytes())
    }

    #[test]
    fn files_of_every_spreadsheet_are_read() {
        for text in [
            "reference,kind,name,notes\nT-1,tenant,Tom,\"a, b\"\n",
            "\u{FEFF}reference,kind,name,notes\r\nT-1,tenant,Tom,\"a, b\"\r\n",
            "Reference;Kind;Name;Notes\nT-1;tenant;Tom;\"a, b\"",
            "REFERENCE\tkind\t name \tNotes\nT-1\ttenant\tTom\ta, b\n\n\t\t\t\n",
        ] {
            let table = read(text).expect(text);
            assert_eq!(table.rows.len(), 1, "{text}");
            let row = &table.rows[0];
            assert_eq!((table.cell(row, "name").as_str(), table.cell(row, "notes").as_str(), row.number), ("Tom", "a, b", 2), "{text}");
        }
        let table = read("reference,kind,name,phone,shoe size\nT-1,tenant,Tom,'+447700900982,9").expect("read");
        assert_eq!(
            (table.cell(&table.rows[0], "phone").as_str(), table.ignored.as_slice()),
            ("+447700900982", ["shoe size".to_owned()].as_slice())
        );
    }

    #[test]
    fn a_file_that_cannot_be_used_says_why() {
        let said = |file: &[u8]| Table::read(ImportKind::Contacts, file).expect_err("refused")[0].sentence.clone();
        assert!(said(b"PK\x03\x04 workbook").starts_with("This is an Excel workbook"));
        assert!(said(b"reference,kind,name\nT-1,tenant,Zo\xEB").starts_with("The file is not UTF-8"));
        assert!(said("reference,kind,name\nT-1,tenant,Zo\u{FFFD}".as_bytes()).starts_with("Some letters"));
        assert!(said(b"reference,kind,name\n").starts_with("The file has no rows"));
        assert!(said(b"").starts_with("The file needs a column called reference"));
        assert!(said(b"reference,kind,name,name\nx").starts_with("This column is there twice"));
        let long = format!("reference,kind,name\n{}", "T-1,tenant,Tom\n".repeat(MAX_ROWS + 1));
        assert!(said(long.as_bytes()).starts_with("The file has more than 10,000 rows"));
    }
}
