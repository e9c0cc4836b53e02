//! --report html in a browser, where one is installed: with a script and without, hostile lines, widths, and colours.

use crate::command::{binary, output_of};
use crate::hostile::LINES;
use crate::html::golden;
use crate::page::{by_id, elements, parse, shown_text};
use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::thread;

/// The names of browsers that can be asked for a page.
const BROWSERS: [&str; 4] = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"];
/// The policy under which Jenkins shows files of builds by default.
const JENKINS: &str = "sandbox; default-src 'none'; img-src 'self'; style-src 'self'";

/// Takes back the choices that a reader can make.
const RESET: &str = "
    const say = (element, name) => element.dispatchEvent(new Event(name, { bubbles: true }));
    const reset = () => {
        for (const head of byId('table').tHead.rows[0].cells) {
            while (head.getAttribute('aria-sort')) { head.querySelector('button').click(); }
        }
        document.querySelectorAll('[data-severity]').forEach(box => { box.checked = true; });
        if (byId('new')) { byId('new').checked = false; }
        byId('search').value = ''; byId('category').value = ''; say(byId('search'), 'input');
        byId('words').value = 'en'; say(byId('words'), 'change');
        byId('colors').value = ''; say(byId('colors'), 'change');
    };";

/// A browser, with a folder for its profile and pages.
struct Browser {
    program: &'static str,
    folder: tempfile::TempDir,
}

impl Browser {
    /// Returns a browser; `None`, with a word on it, where there is none.
    fn find() -> Option<Self> {
        let runs = |program: &&&str| {
            let status =
                Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
            status.is_ok_and(|status| status.success())
        };
        let Some(program) = BROWSERS.iter().find(runs) else {
            println!("left out: there is no {}", BROWSERS.join(", "));
            return None;
        };
        Some(Self { program, folder: tempfile::tempdir().unwrap() })
    }

    fn run(&self, args: &[&str], address: &str) -> Vec<u8> {
        let mut command = Command::new(self.program);
        command.args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--virtual-time-budget=3000",
        ]);
        command.arg(format!("--user-data-dir={}", self.folder.path().join("profile").display()));
        let output = command.args(args).arg(address).output().unwrap();
        assert!(output.status.success(), "{}", output.stderr.escape_ascii());
        output.stdout
    }

    /// Writes a page to a file, and returns its address.
    fn keep(&self, page: &str) -> String {
        let path = self.folder.path().join("page.html");
        fs::write(&path, page).unwrap();
        format!("file://{}", path.display())
    }

    /// Returns the document that a page becomes, as HTML.
    fn dump(&self, args: &[&str], page: &str) -> String {
        let address = self.keep(page);
        String::from_utf8(self.run(&[args, &["--dump-dom"]].concat(), &address)).unwrap()
    }

    /// Checks the values of expressions of a script in a page without the policy. After each, the page is as it was.
    fn expect(&self, args: &[&str], page: &str, expected: &[(String, &str)]) {
        let push =
            |(expression, _): &(String, &str)| format!("answers.push(String(({expression}))); reset();");
        let pushed: String = expected.iter().map(push).collect();
        let script = format!(
            "<script>const answers = []; {RESET} {pushed} document.title = answers.join('|');</script>"
        );
        let dom = self.dump(args, &without_policy(page).replace("</body>", &format!("{script}</body>")));
        let answers: Vec<&str> = title(&dom).split('|').collect();
        assert_eq!(answers.len(), expected.len(), "{answers:?}");
        for ((expression, expected), answer) in expected.iter().zip(answers) {
            assert_eq!(answer, *expected, "{expression}");
        }
    }

    /// Returns the width, the height and the bytes of a picture of a page.
    fn picture(&self, width: u32, dark: bool, page: &str) -> (u32, u32, Vec<u8>) {
        let path = self.folder.path().join("page.png");
        let scheme = u8::from(!dark);
        self.run(
            &[
                &format!("--screenshot={}", path.display()),
                &format!("--window-size={width},900"),
                &format!("--blink-settings=preferredColorScheme={scheme}"),
            ],
            &self.keep(page),
        );
        let picture = fs::read(path).unwrap();
        assert!(picture.starts_with(b"\x89PNG"));
        let number = |at: usize| u32::from_be_bytes(picture[at..at + 4].try_into().unwrap());
        (number(16), number(20), picture)
    }
}

fn without_policy(page: &str) -> String {
    let (before, policy) = page.split_once("<meta http-equiv").unwrap();
    format!("{before}{}", policy.split_once("/>").unwrap().1)
}

fn title(page: &str) -> &str {
    page.split_once("<title>").unwrap().1.split_once("</title>").unwrap().0
}

#[test]
fn a_browser_runs_the_script_of_the_page() {
    let Some(browser) = Browser::find() else { return };
    let dom = browser.dump(&[], &golden());
    assert!(dom.contains(" data-scripted=\"\""), "{dom}");
    assert!(!dom.contains("data-script=\"\" hidden"), "{dom}");
    assert!(dom.contains("<p id=\"shown\" role=\"status\">8 / 8</p>"), "{dom}");
}

/// Without a script and a style, all is there, and controls are not.
#[test]
fn a_browser_shows_the_page_under_the_policy_of_jenkins() {
    let Some(browser) = Browser::find() else { return };
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    let page = golden();
    let body = page.clone();
    // Ends with the process: the browser may ask for an icon, too, or not.
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Security-Policy: {JENKINS}\r\n\
                 Content-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            );
            let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes()));
        }
    });
    let dom = String::from_utf8(browser.run(&["--dump-dom"], &address)).unwrap();
    assert!(dom.contains("data-script=\"\" hidden=\"\""), "{dom}");
    assert!(dom.contains("<p id=\"shown\" role=\"status\"></p>"), "{dom}");
    let document = parse(&page);
    for code in elements(&document, "th") {
        assert!(
            dom.contains(&format!(">{}</th>", shown_text(code))) || code.attribute("scope") == Some("col")
        );
    }
    assert!(dom.contains("fill=\"#c8504b\""));
}

#[test]
fn a_hostile_line_acts_neither_without_the_policy_nor_without_the_escapes() {
    let Some(browser) = Browser::find() else { return };
    let evil = "</script><script>document.title='1337'</script><img src=x onerror=\"document.title='1338'\">";
    let log = [&[evil][..], &LINES[..]].concat().join(" ret=-204\n");
    let mut command = binary();
    command.args(["-q", "--report=html=-"]);
    let page = String::from_utf8(output_of(&mut command, log.as_bytes()).stdout).unwrap();
    let ours = "Not checked: iMSDK return codes";
    // The escapes alone.
    let dom = browser.dump(&[], &without_policy(&page));
    assert_eq!(title(&dom), ours);
    assert!(!dom.contains("<img") && dom.matches("<script").count() == 1);
    // The policy alone.
    let raw = page.replacen("<main>", &format!("<main>{evil}"), 1);
    let dom = browser.dump(&[], &raw);
    assert_eq!(title(&dom), ours);
    assert!(dom.contains("<img"));
    // Neither: then it does act.
    let acted = browser.dump(&[], &without_policy(&raw));
    assert!(["1337", "1338"].contains(&title(&acted)), "{}", title(&acted));
}

#[test]
fn the_table_is_sorted_searched_and_filtered() {
    let Some(browser) = Browser::find() else { return };
    let codes = "Array.from(byId('table').tBodies[0].rows).filter(row => !row.hidden).map(row => row.cells[0].textContent).join(' ')";
    let click = |column: usize| {
        format!("byId('table').tHead.rows[0].cells[{column}].querySelector('button').click()")
    };
    let input =
        |id: &str, value: &str| format!("(byId('{id}').value = '{value}', say(byId('{id}'), 'input'))");
    let check = |element: &str| format!("({element}.checked = !{element}.checked, say({element}, 'input'))");
    let sort =
        |column: usize| format!("byId('table').tHead.rows[0].cells[{column}].getAttribute('aria-sort')");
    let all = "-705 -1103 -204 -402 -9999 -12345 5 1";
    let expected = [
        (codes.to_owned(), all),
        (format!("{}, {codes}", click(0)), "-12345 -9999 -1103 -705 -402 -204 1 5"),
        (format!("{}, {}, {codes}", click(0), click(0)), "5 1 -204 -402 -705 -1103 -9999 -12345"),
        (format!("{0}, {0}, {0}, {codes}", click(0)), all),
        (format!("{}, {}", click(3), sort(3)), "ascending"),
        (format!("{0}, {0}, {1}", click(3), sort(3)), "descending"),
        (format!("{0}, {0}, {0}, {1}", click(3), sort(3)), "null"),
        (format!("{0}, {0}, {codes}", click(3)), "-204 -9999 -705 -1103 -402 -12345 5 1"),
        (format!("{}, {codes}", input("search", "ISLOGIN retcode")), "-402"),
        (format!("{}, {codes}", input("search", "用户登录态过期")), "-204 -9999 -12345"),
        (format!("{}, {codes}", input("search", "nothing like it")), ""),
        (format!("{}, {codes}", input("category", "auth")), "-204"),
        (format!("{}, {codes}", input("category", "unknown")), "-9999 -12345"),
        (format!("{}, {codes}", check("byId('new')")), "-705 -1103 -9999 -12345 1"),
        (
            format!("{}, {codes}", check("document.querySelector('[data-severity=error]')")),
            "-9999 -12345 5 1",
        ),
        (format!("{}, byId('shown').textContent", input("category", "auth")), "1 / 8"),
    ];
    browser.expect(&[], &golden(), &expected);
}

#[test]
fn language_and_colours_are_chosen() {
    let Some(browser) = Browser::find() else { return };
    let choose =
        |id: &str, value: &str| format!("(byId('{id}').value = '{value}', say(byId('{id}'), 'change'))");
    let shown = "document.querySelector('h2').innerText.trim()";
    let color = "getComputedStyle(document.body).backgroundColor";
    let (light, dark) = ("rgb(255, 255, 255)", "rgb(20, 23, 28)");
    let expected = [
        (shown.to_owned(), "Look here first"),
        (format!("{}, {shown}", choose("words", "zh")), "请先看这里"),
        (format!("{}, document.documentElement.lang", choose("words", "zh")), "zh"),
        (
            format!(
                "{}, {shown}.includes('Look here first') ? {shown}.includes('请先看这里') : 0",
                choose("words", "both")
            ),
            "true",
        ),
        (format!("{}, {}, {shown}", choose("words", "zh"), choose("words", "en")), "Look here first"),
        (format!("{}, {color}", choose("colors", "dark")), dark),
        (format!("{}, {color}", choose("colors", "light")), light),
    ];
    browser.expect(&[], &golden(), &expected);
    for (scheme, expected) in [("0", dark), ("1", light)] {
        let args = [&*format!("--blink-settings=preferredColorScheme={scheme}")];
        browser.expect(&args, &golden(), &[(color.to_owned(), expected)]);
    }
}

#[test]
fn lines_that_are_opened_can_be_copied_and_links_open_their_rows() {
    let Some(browser) = Browser::find() else { return };
    let first = "document.querySelector('.leading code').previousSibling.className";
    let open = "(location.hash = '#c-402', dispatchEvent(new Event('hashchange')), byId('c-402').querySelector('details').open)";
    browser.expect(&[], &golden(), &[(first.to_owned(), "copy"), (open.to_owned(), "true")]);
}

/// At any width, the page is no wider than the window.
#[test]
fn the_page_fits_its_window() {
    let Some(browser) = Browser::find() else { return };
    let long = format!("ret=-204 {}\nret=-705\n", "x".repeat(400));
    let mut command = binary();
    command.args([
        "-q",
        "--report=html=-",
        "--lang=both",
        "--fail-on=new,error,-204,-205,-206,-207,-208,-209,action:3",
    ]);
    command.args(["--accept", "/dev/null"]);
    let long = String::from_utf8(output_of(&mut command, long.as_bytes()).stdout).unwrap();
    for page in [golden(), long] {
        for width in [400, 760, 1280] {
            let size = format!("--window-size={width},900");
            let open = "document.querySelectorAll('details').forEach(part => { part.open = true; })";
            let script = format!("{open}, document.documentElement.scrollWidth - innerWidth");
            browser.expect(&[&size], &page, &[(script, "0")]);
        }
    }
}

#[test]
fn a_picture_is_dark_or_light_as_the_reader_prefers() {
    let Some(browser) = Browser::find() else { return };
    for width in [1280, 400] {
        let (light_width, light_height, light) = browser.picture(width, false, &golden());
        assert_eq!((light_width, light_height), (width, 900));
        let (_, _, dark) = browser.picture(width, true, &golden());
        assert!(light.len() > 10_000 && dark.len() > 10_000 && light != dark);
    }
}

/// On paper, the page has its text: about 100 times the bytes of an empty sheet.
#[test]
fn a_page_on_paper_is_not_empty() {
    let Some(browser) = Browser::find() else { return };
    let path = browser.folder.path().join("page.pdf");
    let print = |page: &str| {
        browser.run(&[&format!("--print-to-pdf={}", path.display())], &browser.keep(page));
        fs::read(&path).unwrap().len()
    };
    let hidden = without_policy(&golden()).replace("<body>", "<body hidden=\"\">");
    let (sheet, empty) = (print(&golden()), print(&hidden));
    assert!(sheet > 50_000 && sheet > 10 * empty, "{sheet}, empty: {empty}");
}

/// The rules of accessibility that axe-core knows, where the variable `AXE_CORE` names its file `axe.min.js`.
#[test]
fn axe_finds_nothing() {
    let Some(browser) = Browser::find() else { return };
    let Some(axe) = std::env::var_os("AXE_CORE") else {
        println!("left out: AXE_CORE does not name the file axe.min.js of axe-core");
        return;
    };
    let axe = fs::read_to_string(axe).unwrap();
    let run = "axe.run().then(found => { document.title = 'axe: ' + found.passes.length + ' ' + JSON.stringify(\
        found.violations.map(rule => [rule.id, rule.nodes.map(node => node.html)])); })";
    for scheme in ["0", "1"] {
        for width in [1280, 400] {
            let args = [
                format!("--blink-settings=preferredColorScheme={scheme}"),
                format!("--window-size={width},900"),
                "--virtual-time-budget=30000".to_owned(),
            ];
            let page = without_policy(&golden());
            let open = "document.querySelectorAll('details').forEach(part => { part.open = true; });";
            let page = page
                .replace("</body>", &format!("<script>{axe}</script><script>{open}{run}</script></body>"));
            let dom = browser.dump(&args.each_ref().map(String::as_str), &page);
            let found = title(&dom);
            assert!(found.starts_with("axe: ") && found.ends_with(" []"), "{found}");
        }
    }
}

#[test]
fn the_pages_that_a_browser_looks_at_have_their_parts() {
    let page = golden();
    let document = parse(&page);
    for id in ["table", "search", "new", "category", "words", "colors", "shown", "chart"] {
        assert!(by_id(&document, id).is_some(), "{id}");
    }
}
