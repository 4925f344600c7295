//! Finds what can be done wrong in a source file: edits, each with its mutants.

use std::ops::Range;

use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{BinOp, Expr, ReturnType, Type};

/// A piece of what is written in the place of a range: a text, or a part of the source with the edits within it.
#[derive(Debug, Clone)]
pub enum Piece {
    Text(&'static str),
    Source(Range<usize>),
}

/// How mutants are written in their place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// An expression is exchanged.
    Exchange,
    /// A function returns at once.
    Return,
    /// An arm of a `match` gets a guard that does not hold.
    Arm,
}

/// One thing that is done wrong.
#[derive(Debug, Clone)]
pub struct Mutant {
    /// What is done, with the function it is done in.
    pub what: String,
    /// What stands in the place of the source.
    pub pieces: Vec<Piece>,
    /// Its number in the tree that is built; nothing where it is left out.
    pub number: Option<usize>,
}

/// A range of a source file, and what it can become.
#[derive(Debug, Clone)]
pub struct Edit {
    pub range: Range<usize>,
    pub line: usize,
    pub form: Form,
    pub mutants: Vec<Mutant>,
}

/// All edits of a source text, by where they begin, the wider first; and its modules in files of their own that
/// are for tests.
pub fn edits(text: &str) -> syn::Result<(Vec<Edit>, Vec<String>)> {
    let file = syn::parse_file(text)?;
    let mut finder = Finder { text: text.into(), ..Finder::default() };
    finder.visit_file(&file);
    finder.edits.sort_by_key(|e| (e.range.start, usize::MAX - e.range.end));
    Ok((finder.edits, finder.tests))
}

#[derive(Default)]
struct Finder {
    text: String,
    edits: Vec<Edit>,
    functions: Vec<String>,
    tests: Vec<String>,
}

/// The range of a part of the source in bytes.
fn range(part: &impl Spanned) -> Range<usize> {
    part.span().byte_range()
}

/// Whether a condition binds names, so that it cannot be moved.
fn binds(e: &Expr) -> bool {
    match e {
        Expr::Let(_) => true,
        Expr::Binary(b) => binds(&b.left) || binds(&b.right),
        _ => false,
    }
}

impl Finder {
    fn add(
        &mut self,
        part: Range<usize>,
        line: usize,
        form: Form,
        mutants: Vec<(String, Vec<Piece>)>,
    ) {
        let within = self.functions.join("::");
        if within.is_empty() || mutants.is_empty() {
            return;
        }
        let mutants = mutants
            .into_iter()
            .map(|(what, pieces)| Mutant {
                what: format!("{what} in {within}"),
                pieces,
                number: None,
            })
            .collect();
        self.edits.push(Edit { range: part, line, form, mutants });
    }

    fn function(&mut self, sig: &syn::Signature, block: &syn::Block) {
        self.functions.push(sig.ident.to_string());
        if sig.unsafety.is_none() && sig.asyncness.is_none() && !block.stmts.is_empty() {
            let results = match &sig.output {
                ReturnType::Default => vec![""],
                ReturnType::Type(_, ty) => values(ty),
            };
            let start = block.brace_token.span.open().byte_range().end;
            let end = block.brace_token.span.close().byte_range().start;
            // What returns a plain value anyway is no other for it.
            let own = self.text.get(start..end).unwrap_or_default().trim();
            let mutants = results
                .into_iter()
                .filter(|v| *v != own)
                .map(|v| (format!("return {v}"), vec![Piece::Text(v)]))
                .collect();
            self.add(start..start, sig.span().start().line, Form::Return, mutants);
        }
        self.visit_block(block);
        self.functions.pop();
    }

    fn condition(&mut self, cond: &Expr) {
        // The operators of the others are tried anyway.
        if !matches!(cond, Expr::Binary(_) | Expr::Let(_) | Expr::Unary(_)) {
            let mutant = vec![Piece::Text("!("), Piece::Source(range(cond)), Piece::Text(")")];
            let mutants = vec![("negate the condition".to_string(), mutant)];
            self.add(range(cond), cond.span().start().line, Form::Exchange, mutants);
        }
    }
}

impl<'a> Visit<'a> for Finder {
    // Constants cannot ask which mutant is on.
    fn visit_item_const(&mut self, _: &'a syn::ItemConst) {}
    fn visit_item_static(&mut self, _: &'a syn::ItemStatic) {}
    fn visit_impl_item_const(&mut self, _: &'a syn::ImplItemConst) {}
    fn visit_expr_const(&mut self, _: &'a syn::ExprConst) {}
    fn visit_type(&mut self, _: &'a Type) {}
    fn visit_pat(&mut self, _: &'a syn::Pat) {}
    fn visit_generic_argument(&mut self, _: &'a syn::GenericArgument) {}
    fn visit_expr_repeat(&mut self, e: &'a syn::ExprRepeat) {
        self.visit_expr(&e.expr);
    }

    fn visit_item_mod(&mut self, item: &'a syn::ItemMod) {
        match is_test(&item.attrs) {
            true => self.tests.push(item.ident.to_string()),
            false => visit::visit_item_mod(self, item),
        }
    }

    fn visit_item_fn(&mut self, item: &'a syn::ItemFn) {
        if !is_test(&item.attrs) && item.sig.constness.is_none() {
            self.function(&item.sig, &item.block);
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'a syn::ImplItemFn) {
        if !is_test(&item.attrs) && item.sig.constness.is_none() {
            self.function(&item.sig, &item.block);
        }
    }

    fn visit_trait_item_fn(&mut self, item: &'a syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.function(&item.sig, block);
        }
    }

    fn visit_item_impl(&mut self, item: &'a syn::ItemImpl) {
        let named = |path: &syn::Path| path.segments.last().map(|s| s.ident.to_string());
        let of = item.trait_.as_ref().and_then(|(_, path, _)| named(path));
        if is_test(&item.attrs)
            || matches!(of.as_deref(), Some("Debug" | "Display" | "Default" | "Hash"))
        {
            return;
        }
        let Type::Path(own) = item.self_ty.as_ref() else { return };
        self.functions.extend(named(&own.path));
        for part in &item.items {
            self.visit_impl_item(part);
        }
        self.functions.pop();
    }

    fn visit_expr_if(&mut self, e: &'a syn::ExprIf) {
        self.condition(&e.cond);
        visit::visit_expr_if(self, e);
    }

    fn visit_expr_match(&mut self, e: &'a syn::ExprMatch) {
        let is_wild = |arm: &syn::Arm| matches!(arm.pat, syn::Pat::Wild(_)) && arm.guard.is_none();
        let has_rest = e.arms.last().is_some_and(is_wild);
        for arm in &e.arms {
            let line = arm.pat.span().start().line;
            match &arm.guard {
                Some((_, guard)) if !binds(guard) => {
                    let become_ = |v| (format!("guard becomes {v}"), vec![Piece::Text(v)]);
                    let mutants = ["true", "false"].map(become_).to_vec();
                    self.add(range(guard.as_ref()), line, Form::Exchange, mutants);
                }
                None if has_rest && !is_wild(arm) => {
                    let end = range(&arm.pat).end;
                    let mutants = vec![("arm left out".to_string(), Vec::new())];
                    self.add(end..end, line, Form::Arm, mutants);
                }
                _ => {}
            }
        }
        visit::visit_expr_match(self, e);
    }

    fn visit_expr_unary(&mut self, e: &'a syn::ExprUnary) {
        let sign = match e.op {
            syn::UnOp::Not(_) => "!",
            syn::UnOp::Neg(_) => "-",
            _ => "",
        };
        if !sign.is_empty() {
            let mutants =
                vec![(format!("leave out {sign}"), vec![Piece::Source(range(e.expr.as_ref()))])];
            self.add(range(e), e.span().start().line, Form::Exchange, mutants);
        }
        visit::visit_expr_unary(self, e);
    }

    fn visit_expr_binary(&mut self, e: &'a syn::ExprBinary) {
        if !binds(&e.left) && !binds(&e.right) {
            let (old, others) = operators(&e.op);
            let become_ = |new: &&'static str| {
                let pieces = vec![
                    Piece::Text("("),
                    Piece::Source(range(e.left.as_ref())),
                    Piece::Text(") "),
                    Piece::Text(new),
                    Piece::Text(" ("),
                    Piece::Source(range(e.right.as_ref())),
                    Piece::Text(")"),
                ];
                (format!("{old} becomes {new}"), pieces)
            };
            let mutants = others.iter().map(become_).collect();
            self.add(range(e), e.op.span().start().line, Form::Exchange, mutants);
        }
        visit::visit_expr_binary(self, e);
    }
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|a| {
        let is_cfg_test = a.path().is_ident("cfg")
            && matches!(&a.meta, syn::Meta::List(l) if l.tokens.to_string().contains("test"));
        is_cfg_test || a.path().is_ident("test")
    })
}

/// What an operator can become.
fn operators(op: &BinOp) -> (&'static str, &'static [&'static str]) {
    match op {
        BinOp::Eq(_) => ("==", &["!="]),
        BinOp::Ne(_) => ("!=", &["=="]),
        BinOp::Lt(_) => ("<", &["<=", ">"]),
        BinOp::Le(_) => ("<=", &["<", ">"]),
        BinOp::Gt(_) => (">", &[">=", "<"]),
        BinOp::Ge(_) => (">=", &[">", "<"]),
        BinOp::And(_) => ("&&", &["||"]),
        BinOp::Or(_) => ("||", &["&&"]),
        BinOp::Add(_) => ("+", &["-", "*"]),
        BinOp::Sub(_) => ("-", &["+", "/"]),
        BinOp::Mul(_) => ("*", &["+", "/"]),
        BinOp::Div(_) => ("/", &["%", "*"]),
        BinOp::Rem(_) => ("%", &["/", "+"]),
        BinOp::Shl(_) => ("<<", &[">>"]),
        BinOp::Shr(_) => (">>", &["<<"]),
        BinOp::BitAnd(_) => ("&", &["|", "^"]),
        BinOp::BitOr(_) => ("|", &["&", "^"]),
        BinOp::BitXor(_) => ("^", &["|", "&"]),
        BinOp::AddAssign(_) => ("+=", &["-=", "*="]),
        BinOp::SubAssign(_) => ("-=", &["+=", "/="]),
        BinOp::MulAssign(_) => ("*=", &["+=", "/="]),
        BinOp::DivAssign(_) => ("/=", &["%=", "*="]),
        BinOp::BitAndAssign(_) => ("&=", &["|=", "^="]),
        BinOp::BitOrAssign(_) => ("|=", &["&=", "^="]),
        _ => ("", &[]),
    }
}

/// Values that a function of a type returns at once.
fn values(ty: &Type) -> Vec<&'static str> {
    let first_argument = |segment: &syn::PathSegment| match &segment.arguments {
        syn::PathArguments::AngleBracketed(list) => list.args.iter().find_map(|a| match a {
            syn::GenericArgument::Type(ty) => Some(ty.clone()),
            _ => None,
        }),
        _ => None,
    };
    match ty {
        Type::Reference(r) if r.mutability.is_none() => match r.elem.as_ref() {
            Type::Path(p) if p.path.is_ident("str") => vec!["\"\"", "\"xyzzy\""],
            Type::Slice(_) => vec!["&[]"],
            _ => vec![],
        },
        Type::Tuple(t) if t.elems.is_empty() => vec![""],
        Type::Tuple(_) => vec!["Default::default()"],
        Type::Path(p) => {
            let Some(last) = p.path.segments.last() else { return vec![] };
            let inner = first_argument(last).map(|ty| values(&ty)).unwrap_or_default();
            match last.ident.to_string().as_str() {
                "bool" => vec!["true", "false"],
                "String" => vec!["String::new()", "\"xyzzy\".into()"],
                "Cow" => vec!["\"\".into()", "\"xyzzy\".into()"],
                "u8" | "u16" | "u32" | "u64" | "u128" | "usize" => vec!["0", "1"],
                "i8" | "i16" | "i32" | "i64" | "i128" | "isize" => vec!["0", "1", "-1"],
                "Option" => {
                    let some = |v: &&str| match *v {
                        "true" => Some("Some(true)"),
                        "false" => Some("Some(false)"),
                        "0" => Some("Some(0)"),
                        "1" => Some("Some(1)"),
                        "String::new()" => Some("Some(String::new())"),
                        "\"\"" => Some("Some(\"\")"),
                        _ => None,
                    };
                    std::iter::once("None").chain(inner.iter().filter_map(some)).collect()
                }
                "Result" => {
                    let ok = |v: &&str| match *v {
                        "" => "Ok(())",
                        "true" => "Ok(true)",
                        "false" => "Ok(false)",
                        _ => "Ok(Default::default())",
                    };
                    let mut all: Vec<&str> = inner.iter().map(ok).collect();
                    all.dedup();
                    if all.is_empty() { vec!["Ok(Default::default())"] } else { all }
                }
                "Ordering" => vec!["std::cmp::Ordering::Equal", "std::cmp::Ordering::Less"],
                _ => vec!["Default::default()"],
            }
        }
        _ => vec![],
    }
}
