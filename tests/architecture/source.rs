//! What a source file names: every path, resolved to the module that defines it.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::UseTree;
use syn::visit::{self, Visit};

/// Segments of a path: in the crate it begins with `crate`, otherwise with a package.
pub type Segments = Vec<String>;

/// A path that a file names.
#[derive(Clone, Debug)]
pub struct Name {
    pub line: usize,
    pub path: Segments,
    /// `Some` in a `use`: the name under which it is known in the file.
    pub alias: Option<String>,
    pub public: bool,
    pub glob: bool,
    /// The module that names it: a file, or a module written inside one.
    module: Segments,
}

/// A function and the lines it has, from its `fn` line to its last brace.
pub struct Function {
    pub name: String,
    pub line: usize,
    pub lines: usize,
}

/// A file of `src`, without its tests.
#[derive(Default)]
pub struct Source {
    pub path: String,
    pub module: Segments,
    pub names: Vec<Name>,
    /// Words and literals that a rule may forbid, with their lines.
    pub words: Vec<(usize, String)>,
    pub floats: Vec<(usize, String)>,
    pub functions: Vec<Function>,
    /// Struct expressions: the path as written.
    pub made: Vec<(usize, Segments)>,
    pub lines: usize,
    modules: BTreeSet<Segments>,
    test_files: BTreeSet<String>,
    test_lines: usize,
}

/// All files of a source tree, with tests left out and every path resolved.
pub struct Tree {
    pub files: Vec<Source>,
}

impl Tree {
    /// Parses the files; paths are relative to `src` and have slashes.
    pub fn parse(texts: &[(String, String)]) -> Tree {
        let mut files: Vec<Source> = texts.iter().map(|(p, t)| source(p, t)).collect();
        let tests: BTreeSet<String> =
            files.iter().flat_map(|f| f.test_files.iter().cloned()).collect();
        files.retain(|f| !tests.contains(&f.path));
        let modules: BTreeSet<Segments> =
            files.iter().flat_map(|f| f.modules.iter().cloned()).collect();
        for file in &mut files {
            file.resolve(&modules);
        }
        let exports = exports(&files);
        for name in files.iter_mut().flat_map(|f| &mut f.names) {
            follow(&mut name.path, &exports);
        }
        Tree { files }
    }

    /// The file that holds the module of a resolved path: the longest module that it begins with.
    pub fn file_of(&self, path: &[String]) -> Option<&Source> {
        let fits = |f: &&Source| path.starts_with(&f.module) && f.path != "main.rs";
        self.files.iter().filter(fits).max_by_key(|f| f.module.len())
    }
}

fn owned(segments: &[&str]) -> Segments {
    segments.iter().map(|s| (*s).to_string()).collect()
}

/// `read/csv/mod.rs` is `crate::read::csv`.
fn module_of(path: &str) -> Segments {
    let stem = path.trim_end_matches(".rs");
    let stem = stem.strip_suffix("/mod").unwrap_or(stem);
    let mut module = owned(&["crate"]);
    if stem != "lib" && stem != "main" {
        module.extend(stem.split('/').map(str::to_string));
    }
    module
}

fn source(path: &str, text: &str) -> Source {
    let parsed = syn::parse_file(text).unwrap_or_else(|e| panic!("{path} is no Rust: {e}"));
    let tokens: TokenStream = text.parse().unwrap_or_else(|e| panic!("{path} is no Rust: {e}"));
    let module = module_of(path);
    let mut file = Source { path: path.to_string(), module: module.clone(), ..Source::default() };
    file.modules.insert(module.clone());
    file.walk(tokens, &module);
    file.visit_file(&parsed);
    file.lines = text.lines().count() - file.test_lines;
    file
}

fn is_punct(token: Option<&TokenTree>, c: char) -> bool {
    matches!(token, Some(TokenTree::Punct(p)) if p.as_char() == c)
}

fn ident(token: Option<&TokenTree>) -> Option<String> {
    match token {
        Some(TokenTree::Ident(i)) => Some(i.to_string().trim_start_matches("r#").to_string()),
        _ => None,
    }
}

fn group(token: Option<&TokenTree>, delimiter: Delimiter) -> Option<&Group> {
    match token {
        Some(TokenTree::Group(g)) if g.delimiter() == delimiter => Some(g),
        _ => None,
    }
}

/// Exactly `cfg(test)`: what is compiled elsewhere, too, is code.
fn is_cfg_test(attribute: &Group) -> bool {
    attribute.stream().to_string().replace(' ', "") == "cfg(test)"
}

/// The items that hold tests only end with a `;`, a `,` or their braces.
fn end_of_item(tokens: &[TokenTree], from: usize) -> usize {
    let ends = |t: &TokenTree| {
        is_punct(Some(t), ';')
            || is_punct(Some(t), ',')
            || group(Some(t), Delimiter::Brace).is_some()
    };
    tokens[from..].iter().position(ends).map_or(tokens.len(), |n| from + n + 1)
}

/// The places in a token stream that have a meaning of their own.
enum Step {
    Next(usize),
    Path(usize),
}

impl Source {
    /// Goes over all tokens, in macros, too: paths, `use` trees, modules, words, literals.
    fn walk(&mut self, stream: TokenStream, module: &Segments) {
        let tokens: Vec<TokenTree> = stream.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            at = match self.special(&tokens, at, module) {
                Step::Next(next) => next,
                Step::Path(start) => self.path(&tokens, start, module),
            };
        }
    }

    fn special(&mut self, tokens: &[TokenTree], at: usize, module: &Segments) -> Step {
        let before = at.checked_sub(1).and_then(|n| tokens.get(n));
        match &tokens[at] {
            TokenTree::Group(g) => {
                if is_punct(before, '#') && is_cfg_test(g) {
                    return Step::Next(self.skip_test(tokens, at));
                }
                self.walk(g.stream(), module);
                Step::Next(at + 1)
            }
            TokenTree::Literal(l) => {
                let text = l.to_string();
                let is_float = matches!(syn::parse_str(&text), Ok(syn::Lit::Float(_)));
                // `pair.0.1` is read as a dot and a literal.
                if is_float && !is_punct(before, '.') {
                    self.floats.push((l.span().start().line, text));
                }
                Step::Next(at + 1)
            }
            TokenTree::Punct(_) => Step::Next(at + 1),
            TokenTree::Ident(i) if is_punct(before, '\'') => {
                self.words.push((i.span().start().line, format!("'{i}")));
                Step::Next(at + 1)
            }
            TokenTree::Ident(i) if i == "use" => {
                Step::Next(self.use_item(tokens, at, module).unwrap_or(at + 1))
            }
            TokenTree::Ident(i) if i == "mod" => {
                Step::Next(self.inline_module(tokens, at, module).unwrap_or(at + 1))
            }
            TokenTree::Ident(i) if i == "extern" => {
                self.extern_crate(tokens, at, module);
                Step::Next(at + 1)
            }
            TokenTree::Ident(_) => Step::Path(at),
        }
    }

    fn skip_test(&mut self, tokens: &[TokenTree], at: usize) -> usize {
        let end = end_of_item(tokens, at + 1);
        let last = tokens[end - 1].span().end().line;
        self.test_lines += last + 1 - tokens[at].span().start().line;
        let item = &tokens[at + 1..end];
        if let Some(n) = item.iter().position(|t| ident(Some(t)).as_deref() == Some("mod"))
            && is_punct(item.get(n + 2), ';')
            && let Some(name) = ident(item.get(n + 1))
        {
            let folder = self.path.rsplit_once('/').map_or("", |p| p.0);
            let stated =
                item.iter().filter_map(|t| group(Some(t), Delimiter::Bracket)).find_map(|g| {
                    let text = g.stream().to_string();
                    let file = text.strip_prefix("path = \"")?.strip_suffix('"')?;
                    Some(format!("{folder}/{file}"))
                });
            let file = format!("{}.rs", [&self.module[1..], &[name]].concat().join("/"));
            self.test_files.insert(stated.unwrap_or(file));
        }
        end
    }

    fn use_item(&mut self, tokens: &[TokenTree], at: usize, module: &Segments) -> Option<usize> {
        let end = at + tokens[at..].iter().position(|t| is_punct(Some(t), ';'))?;
        let tree: TokenStream = tokens[at + 1..end].iter().cloned().collect();
        let leading = usize::from(is_punct(tokens.get(at + 1), ':')) * 2;
        let tree: TokenStream = tree.into_iter().skip(leading).collect();
        let tree: UseTree = syn::parse2(tree).ok()?;
        let before = |n: usize| at.checked_sub(n).and_then(|n| tokens.get(n));
        let public = ident(before(1)).as_deref() == Some("pub")
            || (group(before(1), Delimiter::Parenthesis).is_some()
                && ident(before(2)).as_deref() == Some("pub"));
        let base = Name {
            line: tokens[at].span().start().line,
            path: Vec::new(),
            alias: None,
            public,
            glob: false,
            module: module.clone(),
        };
        self.use_tree(&tree, base);
        Some(end + 1)
    }

    fn use_tree(&mut self, tree: &UseTree, mut base: Name) {
        let word = |i: &syn::Ident| i.to_string().trim_start_matches("r#").to_string();
        let mut leaf = |base: Name, name: String, alias: String| {
            let mut path = base.path.clone();
            // `{self}` in a group is the module itself.
            if name != "self" || path.is_empty() {
                path.push(name);
            }
            let alias = if alias == "self" { path.last().cloned() } else { Some(alias) };
            self.names.push(Name { path, alias, line: base.line, ..base });
        };
        match tree {
            UseTree::Path(p) => {
                base.path.push(word(&p.ident));
                self.use_tree(&p.tree, base);
            }
            UseTree::Name(n) => {
                base.line = n.ident.span().start().line;
                leaf(base, word(&n.ident), word(&n.ident));
            }
            UseTree::Rename(r) => {
                base.line = r.ident.span().start().line;
                leaf(base, word(&r.ident), word(&r.rename));
            }
            UseTree::Glob(_) => self.names.push(Name { glob: true, ..base }),
            UseTree::Group(g) => g.items.iter().for_each(|t| self.use_tree(t, base.clone())),
        }
    }

    fn inline_module(&mut self, tokens: &[TokenTree], at: usize, own: &Segments) -> Option<usize> {
        let mut inner = own.clone();
        inner.push(ident(tokens.get(at + 1))?);
        self.modules.insert(inner.clone());
        if let Some(body) = group(tokens.get(at + 2), Delimiter::Brace) {
            self.walk(body.stream(), &inner);
        }
        Some(at + 3)
    }

    fn extern_crate(&mut self, tokens: &[TokenTree], at: usize, module: &Segments) {
        if ident(tokens.get(at + 1)).as_deref() != Some("crate") {
            return;
        }
        let Some(name) = ident(tokens.get(at + 2)) else { return };
        let renamed = ident(tokens.get(at + 3)).as_deref() == Some("as");
        let alias = if renamed { ident(tokens.get(at + 4)) } else { None };
        self.names.push(Name {
            line: tokens[at].span().start().line,
            alias: Some(alias.unwrap_or_else(|| name.clone())),
            path: vec![name],
            public: false,
            glob: false,
            module: module.clone(),
        });
    }

    /// A word or a path: `a`, `a::b`, `a::b::<T>` as far as `b`.
    fn path(&mut self, tokens: &[TokenTree], start: usize, module: &Segments) -> usize {
        let line = tokens[start].span().start().line;
        let mut path: Segments = ident(tokens.get(start)).into_iter().collect();
        let mut at = start + 1;
        while is_punct(tokens.get(at), ':') && is_punct(tokens.get(at + 1), ':') {
            let Some(next) = ident(tokens.get(at + 2)) else { break };
            path.push(next);
            at += 3;
        }
        for word in &path {
            self.words.push((line, word.clone()));
            if word == "f32" || word == "f64" {
                self.floats.push((line, word.clone()));
            }
        }
        let field = start.checked_sub(1).is_some_and(|n| is_punct(tokens.get(n), '.'));
        if path.len() > 1 && !field {
            let module = module.clone();
            self.names.push(Name { line, path, alias: None, public: false, glob: false, module });
        }
        at
    }

    /// Makes each path absolute: `super`, `self`, children, and names that a `use` gave.
    fn resolve(&mut self, modules: &BTreeSet<Segments>) {
        let mut names = std::mem::take(&mut self.names);
        let mut known: BTreeMap<String, Segments> = BTreeMap::new();
        // A name that a `use` gave may begin another `use`: twice is enough in practice.
        for _ in 0..2 {
            for name in names.iter_mut().filter(|n| n.alias.is_some() || n.glob) {
                name.path = absolute(&name.path, &name.module, &known, modules);
                if let Some(alias) = &name.alias {
                    known.insert(alias.clone(), name.path.clone());
                }
            }
        }
        for name in names.iter_mut().filter(|n| n.alias.is_none() && !n.glob) {
            name.path = absolute(&name.path, &name.module, &known, modules);
        }
        for (_, path) in &mut self.made {
            *path = absolute(path, &self.module, &known, modules);
        }
        self.names = names;
    }
}

fn absolute(
    path: &[String],
    module: &[String],
    known: &BTreeMap<String, Segments>,
    modules: &BTreeSet<Segments>,
) -> Segments {
    let Some((first, rest)) = path.split_first() else { return owned(&["crate"]) };
    match first.as_str() {
        "crate" => return path.to_vec(),
        // The binary names the library by its package.
        "crossfoot" => return [&owned(&["crate"]), rest].concat(),
        "self" | "super" => return upwards(path, module),
        _ => {}
    }
    let child = [module, &path[..1]].concat();
    if modules.contains(&child) {
        return [&child, rest].concat();
    }
    match known.get(first) {
        Some(full) if full.first() != Some(first) => [full, rest].concat(),
        _ => path.to_vec(),
    }
}

fn upwards(path: &[String], module: &[String]) -> Segments {
    let (mut base, mut rest) = (module, path);
    while let Some((word @ ("self" | "super"), after)) =
        rest.split_first().map(|(w, after)| (w.as_str(), after))
    {
        let is_up = word == "super" && base.len() > 1;
        base = &base[..base.len() - usize::from(is_up)];
        rest = after;
    }
    [base, rest].concat()
}

/// What `pub use` gives: the path by which it can be named, and what it is.
fn exports(files: &[Source]) -> BTreeMap<Segments, Segments> {
    let names = files.iter().flat_map(|f| &f.names).filter(|n| n.public && !n.glob);
    names
        .filter_map(|n| {
            let own = [n.module.as_slice(), &[n.alias.clone()?]].concat();
            (own != n.path).then(|| (own, n.path.clone()))
        })
        .collect()
}

/// Follows `pub use` to the module that defines the name.
fn follow(path: &mut Segments, exports: &BTreeMap<Segments, Segments>) {
    for _ in 0..8 {
        let found = (1..=path.len()).find_map(|n| exports.get(&path[..n]).map(|to| (n, to)));
        let Some((n, to)) = found else { return };
        *path = [to.as_slice(), &path[n..]].concat();
    }
}

fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|a| match &a.meta {
        syn::Meta::List(l) => l.path.is_ident("cfg") && l.tokens.to_string() == "test",
        _ => false,
    })
}

impl Source {
    fn function(&mut self, signature: &syn::Signature, body: &syn::Block) {
        let line = signature.fn_token.span.start().line;
        let lines = body.brace_token.span.close().end().line + 1 - line;
        self.functions.push(Function { name: signature.ident.to_string(), line, lines });
    }
}

impl<'a> Visit<'a> for Source {
    fn visit_item_mod(&mut self, item: &'a syn::ItemMod) {
        if !is_test(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_impl(&mut self, item: &'a syn::ItemImpl) {
        if !is_test(&item.attrs) {
            visit::visit_item_impl(self, item);
        }
    }

    fn visit_item_fn(&mut self, item: &'a syn::ItemFn) {
        if !is_test(&item.attrs) {
            self.function(&item.sig, &item.block);
            visit::visit_item_fn(self, item);
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'a syn::ImplItemFn) {
        if !is_test(&item.attrs) {
            self.function(&item.sig, &item.block);
            visit::visit_impl_item_fn(self, item);
        }
    }

    fn visit_trait_item_fn(&mut self, item: &'a syn::TraitItemFn) {
        if !is_test(&item.attrs) {
            if let Some(body) = &item.default {
                self.function(&item.sig, body);
            }
            visit::visit_trait_item_fn(self, item);
        }
    }

    fn visit_expr_struct(&mut self, made: &'a syn::ExprStruct) {
        let path = made.path.segments.iter().map(|s| s.ident.to_string()).collect();
        self.made.push((made.brace_token.span.open().start().line, path));
        visit::visit_expr_struct(self, made);
    }
}
