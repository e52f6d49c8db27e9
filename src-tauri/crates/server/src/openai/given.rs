//! Texts as two endpoints take them: one or several, each written out or as tokens.

use serde_json::Value;

use super::asked::in_range;
use crate::answer::Asked;
use crate::error::ApiError;

/// One text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Given {
    /// As it is.
    Text(String),
    /// As tokens of the model. It is read as the text that they spell, which may be other tokens.
    Tokens(Vec<u32>),
}

impl Given {
    /// The text of it.
    ///
    /// # Errors
    /// 400 for tokens that the model does not have.
    pub(crate) async fn text(self, asked: &Asked) -> Result<String, ApiError> {
        match self {
            Self::Text(text) => Ok(text),
            Self::Tokens(tokens) => Ok(asked.ready.lease.detokenize(tokens).await?),
        }
    }
}

/// The texts of a field: a text, several, the tokens of one, or those of several.
///
/// # Errors
/// 400 for anything else, for none, and for more than `most`.
pub(crate) fn read(name: &str, value: &Value, most: usize) -> Result<Vec<Given>, ApiError> {
    let given = match value {
        Value::String(text) => vec![Given::Text(text.clone())],
        Value::Array(all) if all.first().is_some_and(Value::is_number) => vec![Given::Tokens(tokens(name, all)?)],
        Value::Array(all) => {
            all.iter().enumerate().map(|(n, one)| self::one(&format!("{name}[{n}]"), one)).collect::<Result<_, _>>()?
        }
        _ => return Err(wrong(name)),
    };
    match given.len() {
        0 => Err(ApiError::invalid_param(name, format!("{name} is empty: there is nothing to read."))),
        all if all > most => {
            Err(ApiError::invalid_param(name, format!("{name} has at most {most} texts; these are {all}.")))
        }
        _ => Ok(given),
    }
}

fn one(at: &str, value: &Value) -> Result<Given, ApiError> {
    match value {
        Value::String(text) => Ok(Given::Text(text.clone())),
        Value::Array(all) if !all.is_empty() => Ok(Given::Tokens(tokens(at, all)?)),
        _ => Err(wrong(at)),
    }
}

fn tokens(at: &str, all: &[Value]) -> Result<Vec<u32>, ApiError> {
    let token = |(n, value): (usize, &Value)| {
        let number = value.as_i64().ok_or_else(|| wrong(at))?;
        let number = in_range(&format!("{at}[{n}]"), number, 0..=i64::from(i32::MAX))?;
        u32::try_from(number).map_err(|_| wrong(at))
    };
    all.iter().enumerate().map(token).collect()
}

fn wrong(at: &str) -> ApiError {
    ApiError::invalid_param(at, format!("{at} has to be a text, or tokens as whole numbers."))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn four_forms_are_understood() {
        let text = |text: &str| Given::Text(text.to_owned());
        let of = |value: Value| read("input", &value, 3).expect("understood");
        assert_eq!(of(json!("a")), [text("a")]);
        assert_eq!(of(json!(["a", ""])), [text("a"), text("")]);
        assert_eq!(of(json!([1, 2])), [Given::Tokens(vec![1, 2])]);
        assert_eq!(of(json!([[1], "a", [2, 3]])), [Given::Tokens(vec![1]), text("a"), Given::Tokens(vec![2, 3])]);
    }

    #[test]
    fn anything_else_is_refused_by_its_place() {
        let wrongs = [
            (json!(null), "input"),
            (json!(7), "input"),
            (json!([]), "input"),
            (json!(["a", "b", "c", "d"]), "input"),
            (json!(["a", []]), "input[1]"),
            (json!(["a", 7]), "input[1]"),
            (json!([1, "a"]), "input"),
            (json!([1, -1]), "input[1]"),
            (json!([[1, 1_u64 << 40]]), "input[0][1]"),
            (json!([1.5]), "input"),
        ];
        for (value, at) in wrongs {
            let error = read("input", &value, 3).expect_err("refused");
            assert_eq!((error.status.as_u16(), error.param.as_deref()), (400, Some(at)), "{value}: {}", error.message);
        }
    }
}
