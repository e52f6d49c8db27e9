//! What templates may call: what Hugging Face gives them, and Python's methods on texts, lists and dicts.

use minijinja::value::{Kwargs, ValueKind};
use minijinja::{Environment, Error, ErrorKind, State, Value};
use minijinja_contrib::pycompat::unknown_method_callback;
use serde::Serialize;

/// Sets the environment up as Hugging Face does.
pub(super) fn add_to(environment: &mut Environment<'_>) {
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    environment.set_unknown_method_callback(python_method);
    environment.add_filter("tojson", to_json);
    environment.add_function("raise_exception", raise_exception);
    environment.add_function("strftime_now", strftime_now);
}

/// The template without `{% generation %}`, a mark for training that minijinja does not know.
pub(super) fn without_foreign_tags(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(at) = rest.find("{%") {
        let (before, tag) = rest.split_at(at);
        let Some(end) = tag.find("%}").map(|end| end + 2) else { break };
        let inside = tag[2..end - 2].trim_matches(['-', '+']).trim();
        out.push_str(before);
        if inside == "generation" || inside == "endgeneration" {
            // The tag itself goes, the white space that it strips goes with it.
            let (strips_left, strips_right) = (tag[2..].starts_with('-'), tag[..end - 2].ends_with('-'));
            if strips_left {
                out.truncate(out.trim_end().len());
            }
            rest = &tag[end..];
            if strips_right {
                rest = rest.trim_start();
            }
            continue;
        }
        out.push_str(&tag[..end]);
        rest = &tag[end..];
    }
    out.push_str(rest);
    out
}

/// Python's methods. The library never comes to an end when it counts an empty text, so the answer to that, one more
/// than there are characters, is given here.
fn python_method(state: &State<'_, '_>, value: &Value, method: &str, args: &[Value]) -> Result<Value, Error> {
    let counts_nothing = method == "count" && matches!(args, [what] if what.as_str() == Some(""));
    match value.as_str() {
        Some(text) if counts_nothing => Ok(Value::from(text.chars().count() + 1)),
        _ => unknown_method_callback(state, value, method, args),
    }
}

fn raise_exception(message: String) -> Result<Value, Error> {
    Err(Error::new(ErrorKind::InvalidOperation, message))
}

fn strftime_now(format: &str) -> Result<String, Error> {
    use std::fmt::Write;
    let mut text = String::new();
    // chrono reports a bad format only when it is written out.
    write!(text, "{}", chrono::Local::now().format(format))
        .map_err(|_| Error::new(ErrorKind::InvalidOperation, format!("unknown date format {format:?}")))?;
    Ok(text)
}

/// Python's `json.dumps` with `ensure_ascii=False`: `, ` and `: ` between things, nothing escaped for HTML. Models
/// were trained on exactly this.
fn to_json(value: &Value, kwargs: Kwargs) -> Result<Value, Error> {
    let indent: Option<usize> = kwargs.get("indent")?;
    let _: Option<bool> = kwargs.get("ensure_ascii")?;
    let _: Option<bool> = kwargs.get("sort_keys")?;
    let _: Option<Value> = kwargs.get("separators")?;
    kwargs.assert_all_used()?;
    if value.kind() == ValueKind::Undefined {
        return Err(Error::new(ErrorKind::UndefinedError, "tojson of something undefined"));
    }
    let mut out = Vec::new();
    let written = match indent {
        Some(indent) => {
            let pad = " ".repeat(indent.min(16));
            let formatter = serde_json::ser::PrettyFormatter::with_indent(pad.as_bytes());
            value.serialize(&mut serde_json::Serializer::with_formatter(&mut out, formatter))
        }
        None => value.serialize(&mut serde_json::Serializer::with_formatter(&mut out, Spaced)),
    };
    written.map_err(|error| Error::new(ErrorKind::BadSerialization, error.to_string()))?;
    Ok(Value::from_safe_string(String::from_utf8_lossy(&out).into_owned()))
}

/// Writes JSON with a space behind each comma and colon.
struct Spaced;

impl serde_json::ser::Formatter for Spaced {
    fn begin_array_value<W: ?Sized + std::io::Write>(&mut self, writer: &mut W, first: bool) -> std::io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_key<W: ?Sized + std::io::Write>(&mut self, writer: &mut W, first: bool) -> std::io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_value<W: ?Sized + std::io::Write>(&mut self, writer: &mut W) -> std::io::Result<()> {
        writer.write_all(b": ")
    }
}
