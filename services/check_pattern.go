package services

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// patterns caches what patterns became in Go; a nil *regexp.Regexp is one that Go cannot judge.
var patterns sync.Map // string -> *regexp.Regexp

// matches judges a value by a model's pattern. One that Go cannot judge lets every value pass: a
// legal value must never be refused for our lack.
func matches(pattern, value string) bool {
	cached, ok := patterns.Load(pattern)
	if !ok {
		compiled, err := regexp.Compile(javaPattern(pattern))
		if err != nil || strings.Contains(pattern, "&&[") { // Java's intersection of classes means something else in Go
			compiled = nil
		}
		cached, _ = patterns.LoadOrStore(pattern, compiled)
	}
	compiled := cached.(*regexp.Regexp)
	return compiled == nil || compiled.MatchString(value)
}

// javaClasses are Java's names for classes that Go spells otherwise.
var javaClasses = map[string]string{
	"Alnum": `[:alnum:]`, "Alpha": `[:alpha:]`, "ASCII": `[:ascii:]`, "Blank": `[:blank:]`, "Cntrl": `[:cntrl:]`, "Digit": `[:digit:]`,
	"Graph": `[:graph:]`, "Lower": `[:lower:]`, "Print": `[:print:]`, "Punct": `[:punct:]`, "Space": `[:space:]`, "Upper": `[:upper:]`,
	"XDigit": `[:xdigit:]`, "IsAlphabetic": `\pL`, "IsDigit": `\p{Nd}`, "IsLetter": `\pL`, "IsLatin": `\p{Latin}`, "IsPunctuation": `\pP`,
	"InCombiningDiacriticalMarks": `\x{300}-\x{36F}`,
}

// javaPattern rewrites a Java pattern for Go: \uXXXX with its surrogate pairs, named classes,
// possessive repeats (which match the same or less), and repeats beyond Go's limit of 1,000 (lengths
// are checked anyway). Look-around and back references stay, do not compile, and so are not enforced.
func javaPattern(pattern string) string {
	var b strings.Builder
	inClass, repeated := false, false // repeated: the last thing written was a repeat
	for i := 0; i < len(pattern); {
		was := repeated
		repeated = false
		switch c := pattern[i]; {
		case c == '\\' && i+1 < len(pattern):
			text, size := javaEscape(pattern[i:], inClass)
			b.WriteString(text)
			i += size
			continue
		case c == '[' && !inClass:
			inClass = true
		case c == ']' && inClass && pattern[i-1] != '[':
			inClass = false
		case inClass:
		case c == '+' && was:
			i++
			continue
		case c == '*' || c == '+' || c == '?':
			repeated = true
		case c == '{':
			if end := strings.IndexByte(pattern[i:], '}'); end > 0 {
				b.WriteString(smallRepeat(pattern[i : i+end+1]))
				i += end + 1
				repeated = true
				continue
			}
		}
		b.WriteByte(pattern[i])
		i++
	}
	return b.String()
}

// javaEscape rewrites the escape at the beginning of text, and says how long it was.
func javaEscape(text string, inClass bool) (string, int) {
	switch text[1] {
	case 'u':
		high, ok := hexEscape(text)
		if !ok {
			break
		}
		if low, ok := hexEscape(text[6:]); ok && high >= 0xd800 && high < 0xdc00 && low >= 0xdc00 && low < 0xe000 {
			return `\x{` + strconv.FormatUint((high-0xd800)<<10+(low-0xdc00)+0x10000, 16) + `}`, 12
		}
		return `\x{` + strconv.FormatUint(high, 16) + `}`, 6
	case 'Z':
		return `\z`, 2
	case 'h':
		if inClass {
			return ` \t`, 2
		}
		return `[ \t]`, 2
	case 'p':
		end := strings.IndexByte(text, '}')
		if end < 3 || text[2] != '{' {
			break
		}
		if class, ok := javaClasses[text[3:end]]; ok {
			if !inClass {
				class = "[" + class + "]"
			}
			return class, end + 1
		}
		return text[:end+1], end + 1
	}
	return text[:2], 2
}

func hexEscape(text string) (uint64, bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(text[2:6], 16, 32)
	return n, err == nil
}

// smallRepeat opens a repeat "{1,2048}" upwards where it is beyond Go's limit.
func smallRepeat(repeat string) string {
	least, most, ranged := strings.Cut(repeat[1:len(repeat)-1], ",")
	low, err := strconv.Atoi(least)
	if err != nil {
		return repeat
	}
	high := low
	if ranged {
		high, err = strconv.Atoi(most)
	}
	if err != nil || low <= 1000 && high <= 1000 {
		return repeat
	}
	return "{" + strconv.Itoa(min(low, 1000)) + ",}"
}
