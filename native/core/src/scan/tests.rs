use super::*;
use proptest::prelude::*;

fn read(text: &str) -> Sure<Value> {
    let mut scanner = Scanner::new(text.as_bytes());
    let value = scanner.value(0)?;
    scanner.skip_space();
    if scanner.is_at_end() { Ok(value) } else { Err(Doubt::Malformed) }
}

#[test]
fn values_are_told_apart() {
    for (text, kind) in [
        ("null", Kind::Null),
        ("true", Kind::True),
        ("false", Kind::False),
        ("-0", Kind::Integer),
        ("123456789012345", Kind::Integer),
        ("0.5", Kind::Number),
        (r#""a""#, Kind::Text),
        ("[ ]", Kind::List),
        (r#"{ "a" : [ 1 , {} ] }"#, Kind::Object),
    ] {
        assert_eq!(read(text).map(|value| value.kind), Ok(kind), "{text}");
    }
}

#[test]
fn what_is_no_json_is_malformed() {
    for text in [
        "",
        " ",
        "nul",
        "tru",
        "01",
        "-",
        "+1",
        "1.",
        ".5",
        "\"",
        "\"a",
        "\"\n\"",
        r#""\x""#,
        r#""\u12g4""#,
        "[",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{",
        "{}}",
        r#"{"a"}"#,
        r#"{"a":}"#,
        r#"{"a":1,}"#,
        "{a:1}",
        "NaN",
        "'a'",
        "1 1",
    ] {
        assert_eq!(read(text), Err(Doubt::Malformed), "{text}");
    }
    let mut scanner = Scanner::new(b"\"\xff\"");
    assert_eq!(scanner.value(0), Err(Doubt::Malformed));
}

#[test]
fn what_readers_disagree_about_is_odd() {
    let many: String = (0..40).map(|number| format!("\"name{number}\":1,")).collect();
    for text in [
        r#"{"a":1,"a":2}"#.to_owned(),
        r#"[{"b":{"a":1,"a":2}}]"#.to_owned(),
        format!("{{{many}\"name7\":1}}"),
        r#"{"\u0061":1}"#.to_owned(),
        "1234567890123456".to_owned(),
        "1e5".to_owned(),
        r#""\ud800""#.to_owned(),
        r#""\ud800\u0041""#.to_owned(),
        r#""\udc00""#.to_owned(),
        format!("{}1{}", "[".repeat(70), "]".repeat(70)),
    ] {
        assert_eq!(read(&text), Err(Doubt::Odd), "{text}");
    }
    assert!(read(&format!("{{{many}\"name\":1}}")).is_ok());
    assert!(read(r#"{"a":{"b":1},"b":{"a":1,"b":2}}"#).is_ok());
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        (-1_000_000_000i64..1_000_000_000).prop_map(Into::into),
        "[ -~é€😀\"\\\\\n\t]{0,40}".prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::hash_map("[a-zé\"]{0,12}", inner, 0..20)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn what_another_parser_writes_is_read_to_its_end(value in json(), pretty in any::<bool>()) {
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
        let has_odd_name = text.contains("\\\":") || text.contains("\\\"\":") || text.contains("\\\" :");
        match read(&text) {
            Ok(found) => prop_assert_eq!(found.kind == Kind::Object, value.is_object()),
            Err(doubt) => prop_assert!(doubt == Doubt::Odd && (has_odd_name || text.contains('\\')), "{}", text),
        }
    }

    #[test]
    fn what_is_read_another_parser_takes(text in "[\\[\\]{}\",:a\\\\0-9.e\\-tru nl\n]{0,30}") {
        if read(&text).is_ok() {
            prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{}", text);
        }
    }

    #[test]
    fn any_bytes_give_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        let mut scanner = Scanner::new(&bytes);
        if scanner.value(0).is_ok() {
            prop_assert!(scanner.at <= bytes.len());
        }
    }
}
