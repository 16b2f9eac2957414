use super::*;
use serde_json::json;

fn lane(closed: bool) -> Lane {
    let part = |field: &str| json!({"field": field, "next_fields": [], "is_moment": false, "is_list": false, "absent": null, "set": "", "prefix": ""});
    let stream = |number: u32, parts: Vec<serde_json::Value>, defines: Option<usize>, refers: Option<usize>| {
        json!({"number": number, "seed": 7, "parts": parts, "each": "", "split": "", "pieces": 1, "payload": null, "digits": null, "given": "", "unless_given": "", "empty_counts": false,
               "defines": defines, "refers": refers})
    };
    let source = json!({
        "timestamp": "", "spaces": 1, "most_known": 100, "longest": 1000,
        "envelope": {"type": "type", "fields": "item", "entries": "", "inherited": [], "variant": "",
                     "default_variant": "", "closed": closed, "names": {"user": 0}, "like": []},
        "types": [{
            "schema": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}},
            "definitions": {}, "watched": ["custom"], "watches_others": false, "declared": ["id"],
            "together": [["a", "b"]], "wants_numbers": true, "wrap": "", "line": null,
            "streams": [stream(3, vec![part("id")], Some(0), None), stream(4, vec![part("friend")], None, Some(0))],
        }],
    });
    Lane::new(serde_json::from_value(source).unwrap())
}

const ARRAY: Context = Context { layout: Layout::Array, before: Before::Nothing, is_last: true, threads: 1 };
const LINES: Context = Context { layout: Layout::Lines, ..ARRAY };

/// What was gone through of a text, how many records are in it, and the numbers of those that are not vouched for.
fn refused(text: &str, context: Context) -> (&str, u32, Vec<u32>) {
    let answer = lane(false).check(text.as_bytes(), context);
    assert_eq!(answer.count, answer.vouched[0] + answer.refused.len() as u32);
    assert_eq!(answer.lines as usize, text[..answer.consumed].matches('\n').count());
    for each in &answer.refused {
        assert_eq!(each.lines as usize, text[..each.begin as usize].matches('\n').count());
    }
    (&text[answer.consumed..], answer.count, answer.refused.iter().map(|each| each.number).collect())
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
    let expected = vec![2, 3, 4, 5, 6, 7, 8, 10];
    assert_eq!(refused(&format!(" {} ]", records.join(" , ")), ARRAY), ("]", 11, expected.clone()));
    assert_eq!(refused(&records.join("\n"), LINES), ("", 11, expected.clone()));
    assert_eq!(refused(&(records.join(" \r\n \n") + "\n"), LINES), ("", 11, expected));
}

#[test]
fn other_keys_are_wrong_only_in_an_envelope_that_is_closed() {
    let text = br#"{"type":"user","item":{"id":"a"},"more":1}]"#;
    assert_eq!(lane(false).check(text, ARRAY).vouched, [1]);
    assert_eq!(lane(true).check(text, ARRAY).vouched, [0]);
}

#[test]
fn an_array_is_gone_through_up_to_what_is_no_value_or_may_not_be_whole() {
    for (text, rest, values, stuck) in [
        ("", "", 0, false),
        (" ", " ", 0, false),
        ("]", "]", 0, true),
        ("1", "1", 0, false),
        ("1 ", "1 ", 0, false),
        ("1 ,", ",", 1, false),
        ("1,]", ",]", 1, true),
        ("1 2,3", "1 2,3", 0, true),
        (r#"{"a":1,"a":2} , {"a" 1},[{]},"#, ",", 3, false),
        (r#""\"],",1"#, ",1", 1, false),
        ("}", "}", 0, true),
    ] {
        let answer = lane(false).check(text.as_bytes(), Context { is_last: false, ..ARRAY });
        assert_eq!((&text[answer.consumed..], answer.values, answer.stuck), (rest, values, stuck), "{text:?}");
    }
    let after = lane(false).check(b"1,2,", Context { before: Before::Value, ..ARRAY });
    assert_eq!((after.consumed, after.stuck), (0, true));
    let long = format!("1,\"{}\",", "a".repeat(1000));
    assert_eq!(refused(&long, ARRAY).0, &long[1..]);
}

#[test]
fn lines_are_gone_through_up_to_one_that_does_not_end() {
    let text = "1\n\n 2 \n1 2\n{\n4";
    assert_eq!(refused(text, Context { is_last: false, ..LINES }), ("4", 4, vec![0, 1, 2, 3]));
    assert_eq!(refused(text, LINES), ("", 5, vec![0, 1, 2, 3, 4]));
    let long = format!("1\n\"{}\"\n2", "a".repeat(1000));
    assert_eq!(refused(&long, LINES), (&long[2..], 1, vec![0]));
}

#[test]
fn several_threads_find_what_one_does() {
    let record = |number: usize| match number % 7 {
        0 => format!(
            r#"{{"type":"user","item":{{"id":"{number}","list":[{{"type":"user","item":{{}}}},{{"type":"user"}}]}}}}"#
        ),
        1 => format!(r#"{{"type":"user","item":{{"id":{number}}}}}"#),
        _ => format!(r#"{{"type":"user","item":{{"id":"{number}","friend":"{}"}}}}"#, number / 2),
    };
    let records: Vec<String> = (0..3000).map(record).collect();
    for (text, context) in [(records.join(",\n") + "]", ARRAY), (records.join("\n"), LINES)] {
        let [one, several] = [1, 3].map(|threads| {
            let mut lane = lane(false);
            let context = Context { threads, is_last: false, ..context };
            let mut whole = lane.check(&text.as_bytes()[..1000], context);
            while whole.consumed < text.len() - 1000 && !whole.stuck {
                let begin = whole.consumed;
                let before = if context.layout == Layout::Array { Before::Value } else { Before::Nothing };
                let mut next =
                    lane.check(&text.as_bytes()[begin..text.len().min(begin + 50_000)], Context { before, ..context });
                next.consumed += begin;
                whole.append(next);
            }
            let refused: Vec<_> =
                whole.refused.iter().map(|each| (each.number, each.lines, each.end - each.begin)).collect();
            (
                whole.consumed,
                whole.values,
                whole.lines,
                whole.vouched,
                whole.numbers,
                refused,
                whole.facts[0][0].at.clone(),
            )
        });
        assert_eq!(one, several);
        assert!(one.1 > 2900);
    }
}

#[test]
fn values_with_several_records_are_gone_through_entry_by_entry() {
    let text = r#"{"type":"user","in":[{"id":"a"},{"id":1},[],{"id":"b"}],"of":"c"}
{"in":[{"id":"a"}],"type":"user"}
{"type":"other","in":[{"id":"a"}]}
{"type":"user","in":{}}
{"type":"user","of":1,"in":[]}"#;
    let mut source = serde_json::to_value(json!({
        "timestamp": "", "spaces": 0, "most_known": 0, "longest": 1000,
        "envelope": {"type": "type", "fields": "", "entries": "in", "inherited": [["of", "line.of"]], "variant": "",
                     "default_variant": "", "closed": false, "names": {"user": 0}, "like": []},
        "types": [{
            "schema": {"type": "object", "properties": {"id": {"type": "string"}, "line.of": {"type": ["string", "null"]}}},
            "definitions": {}, "watched": [], "watches_others": false, "declared": ["id"], "together": [],
            "wants_numbers": true, "wrap": "", "streams": [],
        }],
    })).unwrap();
    let mut line = source["types"][0].clone();
    line["schema"] = json!({"properties": {"of": {"type": "string"}}});
    source["types"][0]["line"] = line;
    let answer = Lane::new(serde_json::from_value(source).unwrap()).check(text.as_bytes(), LINES);
    let refused: Vec<_> = answer.refused.iter().map(|each| (each.number, each.lines, each.entries.clone())).collect();
    assert_eq!(refused, [(0, 0, Some(vec![1, 2])), (5, 2, None), (5, 3, None), (5, 4, None)]);
    assert_eq!(
        (answer.values, answer.count, &answer.numbers[0], &answer.named[..]),
        (5, 5, &vec![0, 3, 4], &[true][..])
    );
}

#[test]
fn references_to_keys_that_are_known_need_no_fact() {
    let text = r#"{"type":"user","item":{"id":"a"}},{"type":"user","item":{"id":"b","friend":"a"}},
                   {"type":"user","item":{"id":"c","friend":"d"}}]"#;
    let answer = lane(false).check(text.as_bytes(), ARRAY);
    let at: Vec<_> = answer.facts[0].iter().map(|each| (each.stream, each.at.clone())).collect();
    assert_eq!(at, [(3, vec![0, 1, 2]), (4, vec![2])]);
    assert_eq!(answer.numbers, [[0, 1, 2]]);
    let digest = xxhash_rust::xxh3::xxh3_128_with_seed(b"d", 7);
    assert_eq!(answer.facts[0][1].digests, digest.to_be_bytes());
}
