use std::collections::HashMap;

use serde_json::{Value as Json, json};

use super::*;
use crate::names::Names;
use crate::schema::Compiler;

/// What a schema says of a value in JSON.
fn said(schema: Json, value: &str) -> Maybe {
    let sources = HashMap::from([
        ("part".to_owned(), json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}})),
        ("list/of parts".to_owned(), json!({"items": {"$ref": "#/$defs/part"}})),
    ]);
    let mut compiler = Compiler::new(&sources, "^TIME$");
    let schema = compiler.schema(&schema, Names::default());
    let definitions = compiler.definitions();
    let value_of = Scanner::new(value.as_bytes()).value(0).expect("the tests' values are JSON");
    Asker { bytes: value.as_bytes(), definitions: &definitions }.accepts(&schema, &value_of)
}

#[test]
fn keywords_mean_what_json_schema_says() {
    for (schema, right, wrong) in [
        (json!({"type": "string"}), r#""a""#, "1"),
        (json!({"type": ["integer", "null"]}), "null", "true"),
        (json!({"enum": ["a", null, 1, []]}), "[]", "[1]"),
        (json!({"enum": ["é"]}), r#""\u00e9""#, r#""e""#),
        (json!({"maxLength": 2}), r#""é€""#, r#""abc""#),
        (json!({"minLength": 1}), "7", r#""""#),
        (json!({"maxItems": 1}), r#"[{"a":[1,2]}]"#, "[1,2]"),
        (json!({"minProperties": 1}), r#"{"x":1}"#, "{}"),
        (json!({"minimum": 1, "maximum": 2.5}), "2.5", "0"),
        (json!({"pattern": "^[a-c]+$"}), r#""abc""#, r#""abcd""#),
        (json!({"pattern": "^\\x41\\.$"}), r#""A.""#, r#""AB""#),
        (json!({"pattern": "^TIME$"}), r#""2024-02-29T00:00:00Z""#, r#""TIME""#),
        (json!({"items": {"type": "string"}}), r#"["a"]"#, r#"["a",1]"#),
        (json!({"required": ["a"]}), r#"{"a":null}"#, r#"{"b":1}"#),
        (json!({"properties": {"a": {"properties": {"b": false}}}}), r#"{"a":{"c":1},"b":1}"#, r#"{"a":{"b":1}}"#),
        (json!({"propertyNames": {"enum": ["a", "b"]}}), r#"{"a":1}"#, r#"{"a":1,"c":1}"#),
        (json!({"propertyNames": {"enum": ["a"]}, "required": ["a"], "properties": {"a": true}}), "[1]", r#"{"b":1}"#),
        (json!({"properties": {"a": true}, "additionalProperties": false}), r#"{"a":1}"#, r#"{"b":1}"#),
        (json!({"not": {"required": ["a"]}}), "{}", r#"{"a":1}"#),
        (json!({"allOf": [{"required": ["a"]}, {"required": ["b"]}]}), r#"{"a":1,"b":1}"#, r#"{"a":1}"#),
        (json!({"anyOf": [{"required": ["a"]}, {"required": ["b"]}]}), r#"{"b":1}"#, "{}"),
        (json!({"oneOf": [{"required": ["a"]}, {"required": ["b"]}]}), r#"{"b":1}"#, r#"{"a":1,"b":1}"#),
        (json!({"if": {"required": ["a"]}, "then": {"required": ["b"]}}), "{}", r#"{"a":1}"#),
        (json!({"if": {"required": ["a"]}, "else": {"required": ["b"]}}), r#"{"a":1}"#, "{}"),
        (json!({"$ref": "#/$defs/list~1of%20parts"}), r#"[{"a":1},{"a":2}]"#, r#"[{"a":1},{"a":"x"}]"#),
    ] {
        assert_eq!(said(schema.clone(), right), Some(true), "{schema} {right}");
        assert_eq!(said(schema.clone(), wrong), Some(false), "{schema} {wrong}");
    }
}

#[test]
fn what_is_not_known_here_is_neither_right_nor_wrong() {
    for (schema, value) in [
        (json!({"uniqueItems": true}), "[1]"),
        (json!({"pattern": "^\\w$"}), r#""a""#),
        (json!({"pattern": "^\\<a\\>$"}), r#""a""#),
        (json!({"pattern": "("}), r#""a""#),
        (json!({"type": "integer"}), "1.0"),
        (json!({"wholeNumber": true}), "1.5"),
        (json!({"enum": [{"a": 1}]}), "1"),
        (json!({"$ref": "#/$defs/none"}), "1"),
        (json!({"$ref": "elsewhere"}), "1"),
        (json!({"additionalProperties": {"type": "string"}}), "{}"),
        (json!({"not": {"uniqueItems": true}}), "[1]"),
        (json!({"anyOf": [{"uniqueItems": true}, false]}), "[1]"),
        (json!(1), "1"),
    ] {
        assert_eq!(said(schema.clone(), value), None, "{schema} {value}");
    }
    assert_eq!(said(json!({"wholeNumber": true}), "1"), Some(true));
    assert_eq!(said(json!({"anyOf": [{"uniqueItems": true}, true]}), "[1]"), Some(true));
    assert_eq!(said(json!({"allOf": [{"uniqueItems": true}, false]}), "[1]"), Some(false));
}
