package partiql

import "strings"

// wordOperators are the operators that are words.
var wordOperators = set("and or not is in like between union intersect except")

// keywords are the words that PartiQL reserves: SQL-92's, and some of its own. As an attribute's name such
// a word must be quoted.
var keywords = set(`absolute action add all allocate alter any are as asc assertion at authorization avg
	bag begin bit bit_length blob bool boolean by
	cascade cascaded case cast catalog char character character_length char_length check clob close coalesce collate collation
	column commit conflict connect connection constraint constraints continue convert corresponding count create cross current
	current_date current_time current_timestamp current_user cursor
	date date_add date_diff deallocate dec decimal declare default deferrable deferred delete desc describe descriptor
	diagnostics disconnect distinct domain double drop
	else end escape exception exec execute exists external extract
	false fetch first float for foreign found from full
	get global go goto grant group having
	identity immediate index indicator initially inner input insensitive insert int int2 int4 int8 integer interval into isolation
	join key language last left level limit list local lower
	match max min missing module names national natural nchar next no null nullif numeric
	octet_length of offset on only open option order outer output overlaps
	pad partial pivot position precision prepare preserve primary prior privileges procedure public
	read real references relative remove restrict returning revoke right rollback rows
	schema scroll section select session session_user set sexp size smallint some space sql sqlcode sqlerror sqlstate string struct
	substring sum symbol system_user
	table temporary then time timestamp to transaction translate translation trim true tuple
	undrop unique unknown unpivot update upper usage user using
	value values varchar varying view when whenever where with work write zone`)

// functionKeywords are the reserved words that are functions when a parenthesis follows.
var functionKeywords = set(`exists size count avg max min sum char_length character_length upper lower substring trim extract
	date_add date_diff cast coalesce nullif`)

// typeNames are what IS can test for, with what DynamoDB calls them; MISSING is not a type of DynamoDB's, and an
// empty string stands for types that DynamoDB does not have.
var typeNames = map[string]string{
	"missing": "MISSING", "null": "NULL", "bool": "BOOL", "boolean": "BOOL", "string": "S", "blob": "B", "numeric": "N", "decimal": "N",
	"struct": "M", "tuple": "M", "list": "L",
	"smallint": "", "int": "", "int2": "", "int4": "", "int8": "", "integer": "", "float": "", "double_precision": "", "real": "",
	"char": "", "character": "", "varchar": "", "character_varying": "", "symbol": "", "clob": "", "timestamp": "", "date": "", "time": "",
	"sexp": "", "bag": "", "any": "",
}

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, word := range strings.Fields(words) {
		m[word] = true
	}
	return m
}
