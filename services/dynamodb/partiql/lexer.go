package partiql

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// tokenKind is what a token is.
type tokenKind uint8

const (
	tokenEnd tokenKind = iota
	tokenName
	tokenQuotedName
	tokenKeyword  // a reserved word, or several that belong together: "insert_into"
	tokenOperator // words among them: "and", "is_not"
	tokenString
	tokenNumber
	tokenIon
	tokenQuestion
	tokenSymbol // ( ) [ ] { } , . : ; << >> *
)

// token is one word of a statement. text is a string's or a name's content, a keyword's or an operator's
// lower case, and else what stands there.
type token struct {
	kind tokenKind
	text string
	// written is the token as it stands in the statement.
	written string
	// line and column count from 1, columns in characters.
	line, column int
	// question is which of the statement's parameters it is, from 0.
	question int
}

// where is the token's place as AWS's messages have it: line, column, length.
func (t *token) where() string {
	return " at " + strconv.Itoa(t.line) + ":" + strconv.Itoa(t.column) + ":" + strconv.Itoa(utf8.RuneCountInString(t.written))
}

// is tells whether the token is this keyword, operator or symbol.
func (t *token) is(text string) bool {
	return t.text == text && (t.kind == tokenKeyword || t.kind == tokenOperator || t.kind == tokenSymbol)
}

type lexer struct {
	text         string
	at           int
	line, column int // of at
	tokens       []token
	questions    int
}

// lex takes a statement apart, up to and with the token at its end. AWS says nothing about what it
// cannot take apart.
func lex(text string) (tokens []token, questions int, err error) {
	l := lexer{text: text, line: 1, column: 1, tokens: make([]token, 0, 8+len(text)/4)}
	for {
		if !l.space() {
			return nil, 0, malformed("")
		}
		t := token{line: l.line, column: l.column}
		if l.at == len(l.text) {
			return merge(append(l.tokens, t)), l.questions, nil
		}
		start := l.at
		if !l.token(&t) {
			return nil, 0, malformed("")
		}
		t.written = l.text[start:l.at]
		l.tokens = append(l.tokens, t)
	}
}

// advance moves on by so many bytes.
func (l *lexer) advance(n int) {
	for _, r := range l.text[l.at : l.at+n] {
		if l.column++; r == '\n' {
			l.line++
			l.column = 1
		}
	}
	l.at += n
}

// space passes over white space and comments; it is false for a comment without an end.
func (l *lexer) space() bool {
	for l.at < len(l.text) {
		rest := l.text[l.at:]
		switch {
		case strings.IndexByte(" \t\r\n\v\f", rest[0]) >= 0:
			l.advance(1)
		case strings.HasPrefix(rest, "--"):
			end := strings.IndexAny(rest, "\r\n")
			if end < 0 {
				end = len(rest)
			}
			l.advance(end)
		case strings.HasPrefix(rest, "/*"):
			end := strings.Index(rest[2:], "*/")
			if end < 0 {
				return false
			}
			l.advance(2 + end + 2)
		default:
			return true
		}
	}
	return true
}

// symbols are the tokens of signs, longer ones before their beginnings.
var symbols = []struct {
	text string
	kind tokenKind
}{
	{"<<", tokenSymbol}, {">>", tokenSymbol}, {"<>", tokenOperator}, {"!=", tokenOperator}, {"<=", tokenOperator}, {">=", tokenOperator},
	{"||", tokenOperator}, {"=", tokenOperator}, {"<", tokenOperator}, {">", tokenOperator}, {"+", tokenOperator}, {"-", tokenOperator},
	{"/", tokenOperator}, {"%", tokenOperator}, {"@", tokenOperator}, {"*", tokenSymbol}, {"(", tokenSymbol}, {")", tokenSymbol},
	{"[", tokenSymbol}, {"]", tokenSymbol}, {"{", tokenSymbol}, {"}", tokenSymbol}, {",", tokenSymbol}, {".", tokenSymbol},
	{":", tokenSymbol}, {";", tokenSymbol},
}

// token reads one; it is false where there is none.
func (l *lexer) token(t *token) bool {
	rest := l.text[l.at:]
	switch c := rest[0]; {
	case c == '\'':
		return l.quoted(t, tokenString)
	case c == '"':
		return l.quoted(t, tokenQuotedName)
	case c == '`':
		return l.quoted(t, tokenIon)
	case isDigit(c), c == '.' && len(rest) > 1 && isDigit(rest[1]):
		return l.number(t)
	case isLetter(c):
		end := 1
		for end < len(rest) && (isLetter(rest[end]) || isDigit(rest[end])) {
			end++
		}
		l.word(t, rest[:end])
		return true
	case c == '?':
		t.kind, t.text, t.question = tokenQuestion, "?", l.questions
		l.questions++
		l.advance(1)
		return true
	}
	for _, s := range symbols {
		if strings.HasPrefix(rest, s.text) {
			t.kind, t.text = s.kind, s.text
			if t.text == "!=" {
				t.text = "<>"
			}
			l.advance(len(s.text))
			return true
		}
	}
	return false
}

func isDigit(c byte) bool { return c-'0' <= 9 }

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c == '$' }

// quoted reads to the closing quote; two quotes in a row stand for one.
func (l *lexer) quoted(t *token, kind tokenKind) bool {
	quote := l.text[l.at]
	var b strings.Builder
	for i := l.at + 1; i < len(l.text); i++ {
		switch {
		case l.text[i] != quote:
			b.WriteByte(l.text[i])
		case i+1 < len(l.text) && l.text[i+1] == quote:
			b.WriteByte(quote)
			i++
		default:
			t.kind, t.text = kind, b.String()
			l.advance(i + 1 - l.at)
			return true
		}
	}
	return false
}

// number reads digits with a point and an exponent. AWS cannot read what does not fit its 32-bit
// exponents, and says no more about it than that.
func (l *lexer) number(t *token) bool {
	rest := l.text[l.at:]
	end := 0
	digits := func() (n int) {
		for end < len(rest) && isDigit(rest[end]) {
			end++
			n++
		}
		return n
	}
	digits()
	fraction := 0
	if end < len(rest) && rest[end] == '.' {
		end++
		fraction = digits()
	}
	power := int64(0)
	if end < len(rest) && rest[end]|0x20 == 'e' {
		start := end + 1
		end = start
		if end < len(rest) && (rest[end] == '+' || rest[end] == '-') {
			end++
		}
		if digits() == 0 {
			return false
		}
		var err error
		if power, err = strconv.ParseInt(rest[start:end], 10, 32); err != nil {
			return false
		}
	}
	if scale := int64(fraction) - power; scale > math.MaxInt32 || scale < math.MinInt32 || end < len(rest) && isLetter(rest[end]) {
		return false
	}
	t.kind, t.text = tokenNumber, rest[:end]
	l.advance(end)
	return true
}

func (l *lexer) word(t *token, word string) {
	lower := strings.ToLower(word)
	switch {
	case wordOperators[lower]:
		t.kind, t.text = tokenOperator, lower
	case keywords[lower]:
		t.kind, t.text = tokenKeyword, lower
	default:
		t.kind, t.text = tokenName, word
	}
	l.advance(len(word))
}

// pairs are words that make one token.
var pairs = map[[2]string]tokenKind{
	{"is", "not"}: tokenOperator, {"not", "in"}: tokenOperator, {"not", "between"}: tokenOperator, {"not", "like"}: tokenOperator,
	{"insert", "into"}: tokenKeyword, {"order", "by"}: tokenKeyword, {"group", "by"}: tokenKeyword, {"on", "conflict"}: tokenKeyword,
	{"double", "precision"}: tokenKeyword, {"character", "varying"}: tokenKeyword,
	{"all", "old"}: tokenKeyword, {"all", "new"}: tokenKeyword, {"modified", "old"}: tokenKeyword, {"modified", "new"}: tokenKeyword,
}

// merge joins words that make one token.
func merge(tokens []token) []token {
	merged := tokens[:0]
	for i := 0; i < len(tokens); i++ {
		t := tokens[i]
		if i+1 < len(tokens) && isWord(&t) && isWord(&tokens[i+1]) {
			pair := [2]string{strings.ToLower(t.text), strings.ToLower(tokens[i+1].text)}
			if kind, ok := pairs[pair]; ok {
				t.kind, t.text = kind, pair[0]+"_"+pair[1]
				i++
			}
		}
		merged = append(merged, t)
	}
	return merged
}

func isWord(t *token) bool {
	return t.kind == tokenName || t.kind == tokenKeyword || t.kind == tokenOperator && isLetter(t.text[0])
}
