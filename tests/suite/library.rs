//! The library as its users see it: types that go between threads, errors, fields, and the examples.

use crate::command::output_of;
use imsdk_annotate::{
    Annotator, AnnotatorBuilder, BadRow, Catalog, CatalogError, CatalogFormat, Category, CategoryError,
    Context, EarlierCodes, Entry, Field, Fields, KeyError, Keys, Language, Lines, Observer, Part, Pattern,
    PatternError, RowError, Selector, SelectorError, Severity, SeverityError, StreamError, Template,
    TemplateError,
};
use std::error::Error;
use std::io;
use std::process::{Command, Output};

/// Is there for types that may go to another thread and be used by several at a time, which the compiler finds out.
const fn is_send_and_sync<T: Send + Sync>() {}

const _: () = {
    is_send_and_sync::<Annotator>();
    is_send_and_sync::<AnnotatorBuilder>();
    is_send_and_sync::<(BadRow, Catalog, CatalogFormat, Category, Entry)>();
    is_send_and_sync::<(Context, Lines, EarlierCodes, Selector)>();
    is_send_and_sync::<(Field<'_>, Fields<'_>, Part<'_>)>();
    is_send_and_sync::<(Keys, Language, Pattern, Severity, Template)>();
};

/// Is there for errors that `Box<dyn Error + Send + Sync>` takes.
const fn is_error<T: Error + Send + Sync + 'static>() {}

const _: () = {
    is_error::<CatalogError>();
    is_error::<CategoryError>();
    is_error::<KeyError>();
    is_error::<PatternError>();
    is_error::<RowError>();
    is_error::<SelectorError>();
    is_error::<SeverityError>();
    is_error::<StreamError>();
    is_error::<TemplateError>();
};

/// The text of an error says what is wrong even where nothing stands before it.
#[test]
fn the_texts_of_errors_stand_alone() {
    fn text<T: std::fmt::Debug>(result: Result<T, impl Error>) -> String {
        result.unwrap_err().to_string()
    }
    let catalog = |text: &str| CatalogFormat::Csv.parse(text.as_bytes());
    let cases = [
        (text(Category::named("")), "the name of the category is empty"),
        (
            text(Category::named("a..b")),
            "the category \"a..b\" has one of ! , > .. in it, which mean something in selectors",
        ),
        (text(Category::named("-5")), "the category \"-5\" means something else in selectors"),
        (text("".parse::<Severity>()), "the severity \"\" is none of success, action, error"),
        (text(Pattern::parse("x")), "the pattern has no group for the code: write (?<code>-?\\d+)"),
        (
            text(Pattern::parse(r"(?<code>1)\z")),
            "the pattern has \\A or \\z; write ^ and $ for the ends of a line",
        ),
        (text(catalog("code,message\n")), "line 1: the catalog has no codes; write a row for each"),
        (text(catalog("code,message\n1,a,b\n")), "line 2: the row has 3 cells, more than the header's 2"),
        (text(CatalogFormat::Json.parse(b"[5]")), "line 1: \"5\" is no object"),
    ];
    for (text, expected) in cases {
        assert_eq!(text, expected);
    }
    let error = catalog("code,message,category\n1,a,new\n").unwrap_err();
    let reserved = CategoryError::Reserved { name: "new".to_owned() };
    assert_eq!(error.bad_rows()[0].reason(), &RowError::Category { code: 1, error: reserved });
}

#[test]
fn fields_have_their_places_codes_and_entries() {
    let annotator = Annotator::builder().unknown(true).build();
    let text = b"ret=-204 (auth: user session is failure!) x\n{\"code\": 5} retCode[-31337]\n";
    let fields: Vec<_> = annotator.fields(text).collect();
    let shown = |field: &Field<'_>| {
        let message = field.entry().map(|entry| entry.message().to_owned());
        (text[field.range()].escape_ascii().to_string(), field.code(), message)
    };
    assert_eq!(
        fields.iter().map(shown).collect::<Vec<_>>(),
        [
            ("ret=-204".to_owned(), -204, Some("user session is failure!".to_owned())),
            ("code\\\": 5".to_owned(), 5, Some("need google authcode".to_owned())),
            ("retCode[-31337]".to_owned(), -31337, None),
        ]
    );
    let known = Annotator::new();
    assert!(known.fields(text).eq(fields.into_iter().filter(|field| field.entry().is_some())));
    assert_eq!(known.fields(b"").next(), None);
}

#[test]
fn fields_are_those_of_the_catalog_keys_and_patterns_in_force() {
    let catalog = Catalog::of_entries(vec![Entry::new(77, "own")]);
    let builder = Annotator::builder().catalog(catalog).keys("rc".parse().unwrap());
    let annotator = builder.patterns(vec![r"gave (?<code>\d+)".parse().unwrap()]).build();
    assert_eq!(annotator.catalog().entries().len(), 1);
    let fields = annotator.fields(b"ret=77 rc=77 gave 77 rc=-204").map(|field| field.range());
    assert_eq!(fields.collect::<Vec<_>>(), [7..12, 18..20]);
}

#[test]
fn all_fields_of_a_long_line_are_found() {
    for line in [b"ret=-1 .. ".repeat(100_000), [&b"x".repeat(300_000)[..], b" ret=-1\nret=-1"].concat()] {
        let ends: Vec<_> = memchr::memmem::find_iter(&line, "ret=-1").map(|start| start + 6).collect();
        for annotator in [Annotator::new(), Annotator::builder().as_fields(true).build()] {
            let fields = annotator.fields(&line).map(|field| field.range().end);
            assert_eq!(fields.collect::<Vec<_>>(), ends);
        }
    }
}

#[test]
fn texts_are_appended_to_a_buffer() {
    let numbered = Annotator::builder().lines(Lines::new().numbered(true)).build();
    for annotator in [Annotator::new(), numbered] {
        let mut buffer = b"before ".to_vec();
        annotator.annotate_into(b"ret=-1", &mut buffer);
        annotator.annotate_into(b"\n", &mut buffer);
        let expected = [b"before ", &annotator.annotate(b"ret=-1")[..], &annotator.annotate(b"\n")].concat();
        assert_eq!(buffer, expected);
    }
}

#[test]
fn an_observer_is_told_where_each_part_is() {
    struct Parts(Vec<u8>);
    impl Observer for Parts {
        fn observe(&mut self, part: Part<'_>) {
            assert_eq!(part.offset, self.0.len() as u64);
            assert_eq!(part.known_count, part.fields().count() as u64);
            for field in part.fields() {
                assert!(part.range().contains(&(field.range().end - 1)) && field.code() == -1);
                assert_eq!(&part.text[field.range()], b"ret=-1");
            }
            self.0.extend_from_slice(&part.text[part.range()]);
        }
    }
    let text = b"ret=-1 . ret=-1\n".repeat(50_000);
    let mut parts = Parts(Vec::new());
    let count = Annotator::new().observe_stream(&text[..], io::sink(), &mut parts).unwrap();
    assert_eq!((parts.0 == text, count), (true, 100_000));
}

#[test]
fn what_is_read_from_text_is_what_its_own_function_reads() {
    assert_eq!(" [{code}]".parse(), Template::parse(" [{code}]"));
    assert_eq!("{".parse::<Template>(), Err(TemplateError::LoneBrace('{')));
    assert_eq!("(".parse::<Pattern>().unwrap_err(), Pattern::parse("(").unwrap_err());
}

#[test]
fn errors_name_no_option_of_the_program() {
    let catalog = Catalog::builtin();
    let errors: Vec<Box<dyn Error>> = vec![
        Box::new(Selector::parse("new", &catalog, None).unwrap_err()),
        Box::new(Category::named("any").unwrap_err()),
        Box::new(Category::named("a,b").unwrap_err()),
        Box::new("a-b".parse::<Keys>().unwrap_err()),
        Box::new(CatalogFormat::Csv.parse(b"code,message,category\n-5,x,any\n-6,x,a>b\n").unwrap_err()),
        Box::new("x".parse::<Template>().unwrap_err()),
        Box::new(r"\s".parse::<Pattern>().unwrap_err()),
        Box::new("bad".parse::<Severity>().unwrap_err()),
    ];
    for error in errors {
        let message = error.to_string();
        assert!(!message.contains("--") && !message.contains('\n'), "{message}");
    }
}

/// Runs an example with an input, in the profile of this test, so that nothing is built again.
fn example(name: &str, args: &[&str], input: &[u8]) -> Output {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(["run", "--locked", "--offline", "--quiet"]);
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    let output = output_of(command.args(["--example", name, "--"]).args(args), input);
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

#[test]
fn the_examples_do_what_they_say() {
    let log = b"start\nlogin ret=-204\nbind ret=-301\ncode: -31337\nret=-204\n";
    let output = example("annotate", &[], b"");
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "login ret=-204 (auth: user session is failure!) openid=7\nbind ret=1 (success: success)\n\
         ret=-204 stands at 6..14: error\nret=1 stands at 29..34: success\n"
    );
    let output = example("observe", &[], log);
    assert_eq!(output.stdout, Annotator::new().annotate(log));
    let counts = String::from_utf8(output.stderr).unwrap();
    assert!(
        counts.starts_with("3 fields have a code of the catalog\n1 x -31337: in no catalog\n"),
        "{counts}"
    );
    assert!(counts.ends_with("\n2 x -204: user session is failure!\n"), "{counts}");
    let output = example("choose_lines", &["unknown,bind"], log);
    let lines = String::from_utf8(output.stdout).unwrap();
    let numbers: Vec<_> = lines.lines().map(|line| &line[..2]).collect();
    assert_eq!(numbers, ["2-", "3:", "4:"], "{lines}");
}
