use super::*;
use serde_json::json;

fn lane(closed: bool) -> Lane {
    let part = |field: &str| json!({"field": field, "absent": null, "set": "", "prefix": ""});
    let stream = |number: u32, parts: Vec<serde_json::Value>, defines: Option<usize>, refers: Option<usize>| {
        json!({"number": number, "seed": 7, "parts": parts, "each": "", "split": "", "pieces": 1, "payload": null, "given": "",
               "defines": defines, "refers": refers})
    };
    let source = json!({
        "timestamp": "", "spaces": 1, "most_known": 100, "names": {"user": 0},
        "envelope": {"type": "type", "fields": "item", "closed": closed},
        "types": [{
            "schema": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}},
            "definitions": {}, "watched": ["custom"], "watches_others": false, "declared": ["id"],
            "together": [["a", "b"]], "wants_numbers": true,
            "streams": [stream(3, vec![part("id")], Some(0), None), stream(4, vec![part("friend")], None, Some(0))],
        }],
    });
    Lane::new(serde_json::from_value(source).unwrap())
}

fn refused(text: &str, layout: Layout) -> Sure<(u32, Vec<u32>)> {
    let answer = lane(false).check(text.as_bytes(), layout)?;
    assert_eq!(answer.count, answer.vouched[0] + answer.refused.len() as u32);
    for (_, begin, end) in &answer.refused {
        assert!(serde_json::from_str::<serde_json::Value>(&text[*begin as usize..*end as usize]).is_ok());
    }
    Ok((answer.count, answer.refused.iter().map(|each| each.0).collect()))
}

#[test]
fn records_that_are_not_surely_right_are_named() {
    let records = [
        r#"{"type":"user","item":{"id":"a"}}"#,
        r#"{"item":{"id":"a"},"type":"user"}"#,
        r#"{"type":"user","item":{"id":1}}"#,
        r#"{"type":"other","item":{"id":"a"}}"#,
        r#"{"type":"user","item":[]}"#,
        r#"{"type":"user"}"#,
        "7",
        r#"{"type":"user","item":{"id":"a","custom":null}}"#,
        r#"{"type":"user","item":{"id":"a","a":1,"b":2}}"#,
        r#"{"type":"user","item":{"id":"a","a":1,"b":null}}"#,
        r#"{"type":"user","item":{"id":"a","friend":7}}"#,
    ];
    let expected = Ok((11, vec![2, 3, 4, 5, 6, 7, 8, 10]));
    assert_eq!(refused(&format!("[ {} ]", records.join(" , ")), Layout::Array), expected);
    assert_eq!(refused(&records.join("\n"), Layout::Lines), expected);
    assert_eq!(refused(&(records.join(" \r\n") + "\n"), Layout::Lines), expected);
}

#[test]
fn other_keys_are_wrong_only_in_an_envelope_that_is_closed() {
    let text = br#"[{"type":"user","item":{"id":"a"},"more":1}]"#;
    assert_eq!(lane(false).check(text, Layout::Array).unwrap().vouched, [1]);
    assert_eq!(lane(true).check(text, Layout::Array).unwrap().vouched, [0]);
}

#[test]
fn texts_that_are_laid_out_otherwise_have_no_answer() {
    for (text, layout) in [
        ("", Layout::Array),
        ("[1,]", Layout::Array),
        ("[1]]", Layout::Array),
        ("{}", Layout::Array),
        ("1\n\n2", Layout::Lines),
        ("1 2", Layout::Lines),
        ("{\n}", Layout::Lines),
        ("[1,\n2]", Layout::Lines),
    ] {
        assert_eq!(refused(text, layout), Err(Doubt::Malformed), "{text:?}");
    }
    assert_eq!(refused("[]", Layout::Array), Ok((0, vec![])));
    assert_eq!(refused("", Layout::Lines), Ok((0, vec![])));
}

#[test]
fn references_to_keys_that_are_known_need_no_fact() {
    let text = r#"[{"type":"user","item":{"id":"a"}},{"type":"user","item":{"id":"b","friend":"a"}},
                   {"type":"user","item":{"id":"c","friend":"d"}}]"#;
    let answer = lane(false).check(text.as_bytes(), Layout::Array).unwrap();
    let at: Vec<_> = answer.facts[0].iter().map(|each| (each.stream, each.at.clone())).collect();
    assert_eq!(at, [(3, vec![0, 1, 2]), (4, vec![2])]);
    assert_eq!(answer.numbers, [[0, 1, 2]]);
    let digest = xxhash_rust::xxh3::xxh3_128_with_seed(b"d", 7);
    assert_eq!(answer.facts[0][1].digests, digest.to_be_bytes());
}
