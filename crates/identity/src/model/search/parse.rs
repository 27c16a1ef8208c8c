//! Reading a query.

use super::{Bound, Piece, Search, Test, Unreadable};

/// Longest query, in characters.
const MAX_LENGTH: usize = 2_000;
/// Deepest nesting of parentheses.
const MAX_DEPTH: usize = 20;
/// Most terms.
const MAX_TERMS: usize = 100;

/// Reads a query.
///
/// # Errors
/// [`Unreadable`] at the first character that fits nowhere.
pub(crate) fn parse(text: &str) -> Result<Search, Unreadable> {
    let mut parser = Parser {
        characters: text.chars().collect(),
        at: 0,
        terms: 0,
    };
    if parser.characters.len() > MAX_LENGTH {
        return Err(parser.fault("it has more than 2000 characters"));
    }
    parser.skip_blanks();
    if parser.is_done() {
        return Ok(Search::All);
    }
    let search = parser.clauses(None, 0)?;
    match parser.is_done() {
        true => Ok(search),
        false => Err(parser.fault("a parenthesis is closed that was not opened")),
    }
}

struct Parser {
    characters: Vec<char>,
    at: usize,
    terms: usize,
}

/// How a clause counts among its neighbours.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Occurs {
    Should,
    Must,
    MustNot,
}

impl Parser {
    /// Clauses up to a closing parenthesis or the end. `OR` is what stands between them unless they
    /// say otherwise.
    fn clauses(&mut self, field: Option<&str>, depth: usize) -> Result<Search, Unreadable> {
        if depth > MAX_DEPTH {
            return Err(self.fault("parentheses are nested too deeply"));
        }
        let (mut should, mut must) = (Vec::new(), Vec::new());
        loop {
            self.skip_blanks();
            let (occurs, clause) = self.conjunction(field, depth)?;
            match occurs {
                Occurs::Should => should.push(clause),
                Occurs::Must => must.push(clause),
                Occurs::MustNot => must.push(Search::Not(Box::new(clause))),
            }
            self.skip_blanks();
            if self.is_done() || self.peek() == Some(')') {
                break;
            }
            // `OR` may be left out.
            let _ = self.take_word("OR") || self.take_word("||");
        }
        // Alternatives decide nothing where something is asked for by `+`; where things are only
        // excluded, they decide beside that.
        let asked = must.iter().any(|clause| !matches!(clause, Search::Not(_)));
        if !asked && !should.is_empty() {
            must.insert(0, one(should, Search::Or));
        }
        Ok(one(must, Search::And))
    }

    /// Clauses with `AND` between them.
    fn conjunction(
        &mut self,
        field: Option<&str>,
        depth: usize,
    ) -> Result<(Occurs, Search), Unreadable> {
        let (occurs, first) = self.clause(field, depth)?;
        let mut all = vec![(occurs, first)];
        loop {
            self.skip_blanks();
            if !(self.take_word("AND") || self.take_word("&&")) {
                break;
            }
            self.skip_blanks();
            all.push(self.clause(field, depth)?);
        }
        if all.len() == 1 {
            return Ok(all.remove(0));
        }
        let each = all.into_iter().map(|(occurs, clause)| match occurs {
            Occurs::MustNot => Search::Not(Box::new(clause)),
            _ => clause,
        });
        Ok((Occurs::Should, Search::And(each.collect())))
    }

    fn clause(
        &mut self,
        field: Option<&str>,
        depth: usize,
    ) -> Result<(Occurs, Search), Unreadable> {
        if self.take_word("NOT") || self.take('!') || self.take('-') {
            self.skip_blanks();
            return Ok((Occurs::MustNot, self.primary(field, depth)?));
        }
        if self.take('+') {
            return Ok((Occurs::Must, self.primary(field, depth)?));
        }
        Ok((Occurs::Should, self.primary(field, depth)?))
    }

    fn primary(&mut self, field: Option<&str>, depth: usize) -> Result<Search, Unreadable> {
        self.terms += 1;
        if self.terms > MAX_TERMS {
            return Err(self.fault("it has more than 100 terms"));
        }
        if self.take('(') {
            let inner = self.clauses(field, depth + 1)?;
            return match self.take(')') {
                true => Ok(inner),
                false => Err(self.fault("a parenthesis is not closed")),
            };
        }
        if field.is_none()
            && let Some(name) = self.field_name()
        {
            return self.value_of(&name, depth);
        }
        let test = self.test()?;
        let field = field.map(str::to_owned);
        Ok(Search::Term { field, test })
    }

    /// What stands after `name:`.
    fn value_of(&mut self, name: &str, depth: usize) -> Result<Search, Unreadable> {
        if name == "*" && self.take('*') {
            return Ok(Search::All);
        }
        if self.peek() == Some('(') {
            return self.primary(Some(name), depth);
        }
        let test = self.test()?;
        let named = |field: String, test| Search::Term {
            field: Some(field),
            test,
        };
        Ok(match (name, test) {
            ("_exists_", Test::Is(field)) => named(field, Test::Exists),
            ("_missing_", Test::Is(field)) => Search::Not(Box::new(named(field, Test::Exists))),
            (_, test) => named(name.to_owned(), test),
        })
    }

    /// A field's name and its colon, if that is what comes.
    fn field_name(&mut self) -> Option<String> {
        let rest = &self.characters[self.at..];
        let length = rest
            .iter()
            .take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '*' | '@'))
            .count();
        if length == 0 || rest.get(length) != Some(&':') {
            return None;
        }
        let name = rest[..length].iter().collect();
        self.at += length + 1;
        Some(name)
    }

    fn test(&mut self) -> Result<Test, Unreadable> {
        match self.peek() {
            Some('"') => self.phrase().map(Test::Is),
            Some('[' | '{') => self.range(),
            Some('>' | '<') => self.comparison(),
            _ => self.word(),
        }
    }

    fn phrase(&mut self) -> Result<String, Unreadable> {
        self.at += 1;
        let mut text = String::new();
        while let Some(c) = self.next() {
            match c {
                '"' => return Ok(text),
                '\\' => text.push(self.next().unwrap_or('\\')),
                c => text.push(c),
            }
        }
        Err(self.fault("a quotation mark is not closed"))
    }

    /// `[low TO high]`, with braces where an end is left out; `*` is no end.
    fn range(&mut self) -> Result<Test, Unreadable> {
        let low_inclusive = self.next() == Some('[');
        let low = self.end()?;
        self.skip_blanks();
        if !self.take_word("TO") {
            return Err(self.fault("a range is written like [1 TO 5]"));
        }
        let high = self.end()?;
        self.skip_blanks();
        let high_inclusive = match self.next() {
            Some(']') => true,
            Some('}') => false,
            _ => return Err(self.fault("a range is not closed")),
        };
        let bound =
            |value: Option<String>, inclusive| value.map(|value| Bound { value, inclusive });
        Ok(Test::Between {
            low: bound(low, low_inclusive),
            high: bound(high, high_inclusive),
        })
    }

    fn end(&mut self) -> Result<Option<String>, Unreadable> {
        self.skip_blanks();
        let value = match self.peek() {
            Some('"') => self.phrase()?,
            _ => {
                let rest = self.characters[self.at..].iter();
                let value: String = rest
                    .take_while(|c| !c.is_whitespace() && !matches!(c, ']' | '}'))
                    .collect();
                self.at += value.chars().count();
                value
            }
        };
        match value.as_str() {
            "" => Err(self.fault("a range lacks an end; write * for none")),
            "*" => Ok(None),
            _ => Ok(Some(value)),
        }
    }

    /// `>5`, `>=5`, `<5`, `<=5`.
    fn comparison(&mut self) -> Result<Test, Unreadable> {
        let above = self.next() == Some('>');
        let inclusive = self.take('=');
        let Test::Is(value) = (match self.peek() {
            Some('"') => Test::Is(self.phrase()?),
            _ => self.word()?,
        }) else {
            return Err(self.fault("a comparison needs a plain value"));
        };
        let bound = Some(Bound { value, inclusive });
        Ok(match above {
            true => Test::Between {
                low: bound,
                high: None,
            },
            false => Test::Between {
                low: None,
                high: bound,
            },
        })
    }

    /// A value without quotation marks, perhaps with `*` and `?` in it.
    fn word(&mut self) -> Result<Test, Unreadable> {
        let (mut pieces, mut text) = (Vec::new(), String::new());
        while let Some(c) = self.peek() {
            if c.is_whitespace() || matches!(c, '(' | ')' | '"' | '[' | ']' | '{' | '}') {
                break;
            }
            self.at += 1;
            match c {
                '*' | '?' => {
                    if !text.is_empty() {
                        pieces.push(Piece::Text(std::mem::take(&mut text)));
                    }
                    pieces.push(if c == '*' { Piece::Any } else { Piece::One });
                }
                '\\' => text.push(self.next().unwrap_or('\\')),
                c => text.push(c),
            }
        }
        if pieces.is_empty() && text.is_empty() {
            return Err(self.fault("a value is missing"));
        }
        if pieces.is_empty() {
            return Ok(Test::Is(text));
        }
        if !text.is_empty() {
            pieces.push(Piece::Text(text));
        }
        Ok(match pieces.as_slice() {
            [Piece::Any] => Test::Exists,
            _ => Test::Like(pieces),
        })
    }

    /// An operator, if it stands here as a word of its own.
    fn take_word(&mut self, word: &str) -> bool {
        let length = word.chars().count();
        let rest = &self.characters[self.at..];
        let there = rest.iter().take(length).copied().eq(word.chars());
        let ends = rest
            .get(length)
            .is_none_or(|c| c.is_whitespace() || matches!(c, '(' | ')' | '"'));
        if there && ends {
            self.at += length;
        }
        there && ends
    }

    fn take(&mut self, wanted: char) -> bool {
        let there = self.peek() == Some(wanted);
        self.at += usize::from(there);
        there
    }

    fn peek(&self) -> Option<char> {
        self.characters.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek();
        self.at += usize::from(next.is_some());
        next
    }

    fn skip_blanks(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    fn is_done(&self) -> bool {
        self.at >= self.characters.len()
    }

    fn fault(&self, reason: &'static str) -> Unreadable {
        Unreadable {
            at: self.at + 1,
            reason,
        }
    }
}

/// One clause alone needs nothing around it.
fn one(mut clauses: Vec<Search>, many: impl FnOnce(Vec<Search>) -> Search) -> Search {
    match clauses.len() {
        1 => clauses.remove(0),
        _ => many(clauses),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{
        Just, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest,
    };

    use super::super::{Bound, Piece, Search, Test};
    use super::{MAX_LENGTH, parse};

    fn is(field: &str, value: &str) -> Search {
        Search::Term {
            field: Some(field.to_owned()),
            test: Test::Is(value.to_owned()),
        }
    }

    fn test(query: &str) -> Test {
        match parse(query) {
            Ok(Search::Term { test, .. }) => test,
            other => panic!("{query}: {other:?}"),
        }
    }

    #[test]
    fn the_vendors_examples_are_read() {
        assert_eq!(
            parse(r#"email:"jane@example.com" AND -blocked:true"#),
            Ok(Search::And(vec![
                is("email", "jane@example.com"),
                Search::Not(Box::new(is("blocked", "true"))),
            ]))
        );
        assert_eq!(
            test("name:jane*"),
            Test::Like(vec![Piece::Text("jane".into()), Piece::Any])
        );
        let bound = |value: &str, inclusive| {
            Some(Bound {
                value: value.into(),
                inclusive,
            })
        };
        assert_eq!(
            test("logins_count:{100 TO *]"),
            Test::Between {
                low: bound("100", false),
                high: None
            }
        );
        assert_eq!(
            test("last_login:>=2017-12"),
            Test::Between {
                low: bound("2017-12", true),
                high: None
            }
        );
        assert_eq!(test("_exists_:phone_number"), Test::Exists);
        assert_eq!(test("phone_number:*"), Test::Exists);
        assert_eq!(parse("*:*"), Ok(Search::All));
        assert_eq!(parse("  "), Ok(Search::All));
        assert_eq!(
            parse("user_metadata.team:(red OR blue)"),
            Ok(Search::Or(vec![
                is("user_metadata.team", "red"),
                is("user_metadata.team", "blue"),
            ]))
        );
    }

    #[test]
    fn what_is_excluded_is_excluded_beside_alternatives() {
        assert_eq!(
            parse("a:1 b:2 -c:3"),
            Ok(Search::And(vec![
                Search::Or(vec![is("a", "1"), is("b", "2")]),
                Search::Not(Box::new(is("c", "3"))),
            ]))
        );
        assert_eq!(parse("a:1 +b:2"), Ok(is("b", "2")));
        assert_eq!(parse("NOT a:1"), Ok(Search::Not(Box::new(is("a", "1")))));
    }

    #[test]
    fn what_cannot_be_read_says_where() {
        for (query, at) in [
            ("email:", 7),
            ("(a:1", 5),
            ("a:1)", 4),
            (r#"a:"b"#, 5),
            ("a:[1 TO", 8),
            ("a:[1 5]", 6),
            ("a:1 AND", 8),
        ] {
            assert_eq!(parse(query).unwrap_err().at, at, "{query}");
        }
        assert!(parse(&"(".repeat(500)).is_err());
        assert!(parse(&"a ".repeat(500)).is_err());
    }

    fn value() -> impl Strategy<Value = String> {
        "[a-zA-Z0-9@. \"\\\\()*:-]{1,12}"
    }

    fn search() -> impl Strategy<Value = Search> {
        let leaf = prop_oneof![
            ("[a-z_.]{1,8}", value()).prop_map(|(field, value)| Search::Term {
                field: Some(field),
                test: Test::Is(value)
            }),
            "[a-z]{1,8}".prop_map(|field| Search::Term {
                field: Some(field),
                test: Test::Exists
            }),
            Just(Search::All),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 2..4).prop_map(Search::And),
                proptest::collection::vec(inner.clone(), 2..4).prop_map(Search::Or),
                inner.prop_map(|inner| Search::Not(Box::new(inner))),
            ]
        })
    }

    fn written(search: &Search) -> String {
        let join = |all: &[Search], word: &str| {
            let all: Vec<String> = all.iter().map(written).collect();
            format!("({})", all.join(word))
        };
        match search {
            Search::All => "*:*".to_owned(),
            Search::And(all) => join(all, " AND "),
            Search::Or(all) => join(all, " OR "),
            Search::Not(inner) => format!("(NOT {})", written(inner)),
            Search::Term { field, test } => {
                let field = field.clone().unwrap_or_default();
                match test {
                    Test::Is(value) => {
                        let value = value.replace('\\', r"\\").replace('"', "\\\"");
                        format!("{field}:\"{value}\"")
                    }
                    _ => format!("_exists_:{field}"),
                }
            }
        }
    }

    proptest! {
        #[test]
        fn whatever_comes_is_read_or_refused(text in any::<String>()) {
            let _ = parse(&text);
        }

        #[test]
        fn whatever_looks_like_a_query_is_read_or_refused(
            text in r#"([a-z*?_:.<>=\-+!()\[\]{}"\\ ]|AND|OR|NOT|TO){0,60}"#
        ) {
            if let Err(fault) = parse(&text) {
                prop_assert!(fault.at <= MAX_LENGTH + 1);
            }
        }

        #[test]
        fn what_is_written_with_parentheses_is_read_again(search in search()) {
            let text = written(&search);
            if text.len() < 1_500 {
                prop_assert_eq!(parse(&text), Ok(search));
            }
        }
    }
}
