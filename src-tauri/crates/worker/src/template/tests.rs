//! Templates as they are found in the wild, in small.

use super::*;

fn template(source: &str) -> Template {
    let special = SpecialTokens { bos: "<s>".into(), eos: "</s>".into(), ..SpecialTokens::default() };
    Template::new(source, special).unwrap()
}

fn user(content: &str) -> ChatMessage {
    ChatMessage { role: "user".into(), content: content.into(), ..ChatMessage::default() }
}

fn render(source: &str) -> Result<String, WorkerError> {
    template(source).render(&[user("Hi")], &[], false, true)
}

#[test]
fn tojson_writes_as_python_does() {
    let tool = serde_json::json!({"function": {"name": "a<b", "list": [1, 2.0], "text": "é'"}});
    let rendered = template("{{ tools[0] | tojson }}").render(&[user("Hi")], &[tool], false, true).unwrap();
    assert_eq!(rendered, "{\"function\": {\"name\": \"a<b\", \"list\": [1, 2.0], \"text\": \"é'\"}}");
}

#[test]
fn tojson_indents_when_asked_to() {
    let tool = serde_json::json!({"a": 1});
    let rendered = template("{{ tools[0] | tojson(indent=4) }}").render(&[user("Hi")], &[tool], false, true).unwrap();
    assert_eq!(rendered, "{\n    \"a\": 1\n}");
}

#[test]
fn blocks_take_their_line_break_with_them() {
    assert_eq!(render("{% if true %}\nA\n{% endif %}\nB").unwrap(), "A\nB");
}

#[test]
fn python_methods_and_reversed_lists_work() {
    let source = "{{ ' a,b '.strip().split(',')[-1] }}{{ messages[::-1][0].content.startswith('H') }}{{ bos_token }}";
    assert_eq!(render(source).unwrap(), "bTrue<s>");
}

#[test]
fn what_a_template_refuses_is_told_in_its_own_words() {
    let error = render("{{ raise_exception('Roles must alternate!') }}").unwrap_err();
    assert_eq!(error, WorkerError::TemplateFailed { words: "Roles must alternate".into() });
}

#[test]
fn an_endless_template_is_ended() {
    let source = "{% for a in range(100000) %}{% for b in range(100000) %}{% set x = a %}{% endfor %}{% endfor %}";
    let error = render(source).unwrap_err();
    assert_eq!(error, WorkerError::TemplateFailed { words: "it does not come to an end".into() });
}

#[test]
fn an_empty_text_is_counted_as_python_does_and_not_for_ever() {
    assert_eq!(render("{{ ''.count('') }} {{ 'né'.count('') }} {{ 'nana'.count('na') }}").unwrap(), "1 3 2");
}

#[test]
fn a_template_that_asks_for_the_impossible_fails_as_a_template() {
    for source in ["{{ 'a' | indent(18446744073709551615) }}", "{{ [1] | batch(18446744073709551615) }}"] {
        let error = render(source).unwrap_err();
        assert_eq!(error, WorkerError::TemplateFailed { words: "it asks for something impossible".into() });
    }
}

#[test]
fn marks_for_training_are_left_out() {
    assert_eq!(render("A{%- generation -%} B {%- endgeneration %} C").unwrap(), "AB C");
}

#[test]
fn finds_out_whether_tools_and_reasoning_are_known() {
    let plain = template("{{ messages[0].content }}");
    assert!(!plain.knows_tools() && !plain.knows_reasoning());
    let both =
        template("{% for t in tools or [] %}{{ t | tojson }}{% endfor %}{% if enable_thinking %}<think>{% endif %}");
    assert!(both.knows_tools() && both.knows_reasoning());
    let always = template("{{ messages[0].content }}<think>\n");
    assert!(always.knows_reasoning(), "it opens the reasoning whatever it is asked");
}

#[test]
fn arguments_are_objects_and_results_carry_the_name_of_their_tool() {
    let call = ToolCallOut { id: "c1".into(), name: "add".into(), arguments: "{\"a\":1}".into() };
    let conversation = [
        user("Add"),
        ChatMessage { role: "assistant".into(), tool_calls: vec![call], ..ChatMessage::default() },
        ChatMessage {
            role: "tool".into(),
            content: "2".into(),
            tool_call_id: Some("c1".into()),
            ..ChatMessage::default()
        },
    ];
    let source = "{{ messages[1].tool_calls[0].function.arguments.a }}{{ messages[2].name }}";
    assert_eq!(template(source).render(&conversation, &[], false, true).unwrap(), "1add");
}

#[test]
fn a_template_gets_arguments_and_contents_in_the_shape_that_it_can_use() {
    // In small, what DeepSeek's templates do: they join arguments to a text, and write an answer for any content.
    let source = "{% for m in messages %}{% if m.tool_calls %}{% for c in m.tool_calls %}\
        {{ '<call>' + c.function.name + c.function.arguments }}{% endfor %}{% endif %}\
        {% if m.role == 'assistant' and m.content is not none %}{{ '<answer>' + m.content }}{% endif %}{% endfor %}\
        {% for t in tools or [] %}{{ t | tojson }}{% endfor %}";
    let call = ToolCallOut { id: "c1".into(), name: "add".into(), arguments: "{\"a\": 1}".into() };
    let calls = ChatMessage { role: "assistant".into(), tool_calls: vec![call], ..ChatMessage::default() };
    let rendered = template(source).render(&[user("Hi"), calls], &[], false, true).unwrap();
    assert_eq!(rendered, "<call>add{\"a\": 1}");
}

#[test]
fn a_template_that_minds_the_word_tools_does_not_hear_it() {
    let source =
        "{% if tools is defined %}{% for t in tools %}{{ t | tojson }}{% endfor %}{% endif %}{{ messages[0].content }}";
    assert_eq!(render(source).unwrap(), "Hi");
    assert!(template(source).knows_tools());
}

#[test]
fn a_date_is_given_in_the_asked_form() {
    let rendered = render("{{ strftime_now('%Y') }}").unwrap();
    assert!(rendered.len() == 4 && rendered.starts_with("20"), "{rendered}");
}
