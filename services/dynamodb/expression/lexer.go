package expression

import "unicode/utf8"

type tokenKind uint8

const (
	tokenEnd    tokenKind = iota
	tokenWord             // letters, digits and underscores, beginning with a letter
	tokenName             // #name
	tokenValue            // :value
	tokenDigits           // 123
	tokenSymbol           // an operator, a bracket, or what no expression has
)

// token is a piece of the text, from start up to stop.
type token struct {
	kind        tokenKind
	start, stop int
}

type lexer struct {
	text string
	at   int
}

func (l *lexer) next() token {
	for l.at < len(l.text) && isSpace(l.text[l.at]) {
		l.at++
	}
	start := l.at
	if start == len(l.text) {
		return token{tokenEnd, start, start}
	}
	kind := tokenSymbol
	switch c := l.text[start]; {
	case isLetter(c):
		kind = tokenWord
		l.skip(isWordPart)
	case isDigit(c):
		kind = tokenDigits
		l.skip(isDigit)
	case c == '#' || c == ':':
		l.at++
		l.skip(isWordPart)
		if l.at > start+1 {
			if kind = tokenName; c == ':' {
				kind = tokenValue
			}
		}
	case c == '<' || c == '>':
		l.at++
		if l.at < len(l.text) && (l.text[l.at] == '=' || c == '<' && l.text[l.at] == '>') {
			l.at++
		}
	case c < utf8.RuneSelf:
		l.at++
	default:
		_, size := utf8.DecodeRuneInString(l.text[start:])
		l.at += size
	}
	return token{kind, start, l.at}
}

func (l *lexer) skip(part func(byte) bool) {
	for l.at < len(l.text) && part(l.text[l.at]) {
		l.at++
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

func isDigit(c byte) bool { return c-'0' <= 9 }

// isLetter is what a word begins with; AWS takes an underscore there for a syntax error.
func isLetter(c byte) bool { return (c|0x20)-'a' < 26 }

func isWordPart(c byte) bool { return isLetter(c) || isDigit(c) || c == '_' }
