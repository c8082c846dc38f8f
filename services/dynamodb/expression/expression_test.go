package expression

import (
	"fmt"
	"strings"
	"testing"

	"github.com/brownoutdev/brownout/services/dynamodb/item"
)

func parseError(kind Kind, text string, values item.Item) string {
	placeholders := NewPlaceholders(nil, values)
	var err error
	switch kind {
	case UpdateExpression:
		_, err = ParseUpdate(text, placeholders)
	case ProjectionExpression:
		_, err = ParseProjection(text, placeholders)
	default:
		_, err = ParseCondition(kind, text, placeholders)
	}
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestLimits(t *testing.T) {
	t.Parallel()
	values := item.Item{{Name: ":v", Value: item.Text("x")}, {Name: ":n", Value: item.Number("1")}}
	many := func(n int, part, separator string) string {
		return strings.TrimSuffix(strings.Repeat(part+separator, n), separator)
	}
	padded := func(text string, length int) string { return text + strings.Repeat(" ", length-len(text)) }
	for name, c := range map[string]struct {
		kind Kind
		text string
		want string
	}{
		"4096 bytes":        {ConditionExpression, padded("a = :v", 4096), ""},
		"4097 bytes":        {ConditionExpression, padded("a = :v", 4097), "Invalid ConditionExpression: Expression size has exceeded the maximum allowed size; expression size: 4097"},
		"update too long":   {UpdateExpression, padded("SET a = :v", 4097), "Invalid UpdateExpression: Expression size has exceeded the maximum allowed size;"},
		"299 operators":     {FilterExpression, many(150, "a=:v", " OR "), ""},
		"301 operators":     {FilterExpression, many(151, "a=:v", " OR "), "Invalid FilterExpression: The expression contains too many operators; operator count: 301"},
		"301 functions":     {FilterExpression, many(151, "contains(a,:v)", " OR "), "Invalid FilterExpression: The expression contains too many operators; operator count: 301"},
		"300 SET actions":   {UpdateExpression, "SET " + manyNames(300, "a%d=:v"), ""},
		"100 in IN":         {ConditionExpression, "a IN (" + many(100, ":v", ",") + ")", ""},
		"101 in IN":         {ConditionExpression, "a IN (" + many(101, ":v", ",") + ")", "Invalid ConditionExpression: The IN operator is provided with too many operands; number of operands: 101"},
		"deep parentheses":  {ConditionExpression, strings.Repeat("(", 4000), `Invalid ConditionExpression: Syntax error; token: "<EOF>", near: "("`},
		"deep NOT":          {ConditionExpression, strings.Repeat("NOT ", 1000), `Invalid ConditionExpression: Syntax error; token: "<EOF>", near: "NOT"`},
		"deep functions":    {UpdateExpression, "SET a = " + strings.Repeat("list_append(", 300), `Invalid UpdateExpression: Syntax error; token: "<EOF>", near: "("`},
		"deep parens in Up": {UpdateExpression, "SET a = " + strings.Repeat("(", 4000), `Invalid UpdateExpression: Syntax error; token: "<EOF>", near: "("`},
	} {
		if got := parseError(c.kind, c.text, values); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func manyNames(n int, format string) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = fmt.Sprintf(format, i)
	}
	return strings.Join(parts, ",")
}

func TestReservedWords(t *testing.T) {
	t.Parallel()
	if len(reservedWords) != 573 {
		t.Errorf("%d reserved words, the documentation has 573", len(reservedWords))
	}
	for word, want := range map[string]bool{
		"ABORT": true, "zone": true, "Localtimestamp": true, "name": true, "status": true, "ttl": true, "Data": true,
		"id": false, "pk": false, "LOCALTIMESTAMPS": false, "": false, "nam\u0045\u0301": false, "_name": false,
	} {
		if got := isReserved(word); got != want {
			t.Errorf("%q: %v", word, got)
		}
	}
}

func TestManyPlaceholders(t *testing.T) {
	t.Parallel()
	names, values := map[string]string{}, item.Item{}
	var list []string
	for i := range 100 {
		names[fmt.Sprintf("#n%d", i)] = fmt.Sprintf("name %d", i)
		values = values.Set(fmt.Sprintf(":v%d", i), item.Text(fmt.Sprint(i)))
		list = append(list, fmt.Sprintf("#n%d = :v%d", i, i))
	}
	placeholders := NewPlaceholders(names, values)
	if err := placeholders.Check(); err != nil {
		t.Fatal(err)
	}
	if _, err := ParseCondition(FilterExpression, strings.Join(list[:99], " AND "), placeholders); err != nil {
		t.Fatal(err)
	}
	const unused = "Value provided in ExpressionAttributeNames unused in expressions: keys: {#n99}"
	if err := placeholders.Unused(); err == nil || err.Error() != unused {
		t.Errorf("got %v, want %s", err, unused)
	}
	update, err := ParseUpdate("SET "+list[99], placeholders) // the second expression of one request
	if err != nil {
		t.Fatal(err)
	}
	if err := placeholders.Unused(); err != nil {
		t.Error(err)
	}
	if got := update.Attributes(); len(got) != 1 || got[0] != "name 99" {
		t.Errorf("%q", got)
	}
}

func TestFiltersMayNotLookAtKeys(t *testing.T) {
	t.Parallel()
	placeholders := NewPlaceholders(nil, item.Item{{Name: ":v", Value: item.Text("x")}})
	c, err := ParseCondition(FilterExpression, "a = :v AND (size(sk) > b OR begins_with(pk, :v))", placeholders)
	if err != nil {
		t.Fatal(err)
	}
	const want = "Filter Expression can only contain non-primary key attributes: Primary key attribute: sk"
	if err := c.CheckFilter("pk", "sk"); err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
	if err := c.CheckFilter("id"); err != nil {
		t.Error(err)
	}
}

// Legacy parameters and PartiQL build conditions, updates and projections without a text.
func TestBuiltTrees(t *testing.T) {
	t.Parallel()
	it := item.Item{{Name: "tags", Value: item.Value{Type: item.SS, Elements: []item.Value{item.Text("a")}}}, {Name: "n", Value: item.Number("1")}}
	notContains := Condition{Operator: Not, Conditions: []Condition{
		{Operator: Contains, Operands: []Operand{PathTo(AttributePath("tags")), Literal(item.Text("a"))}},
	}}
	if ok, err := notContains.Matches(it); ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
	update := NewUpdate([]Action{
		{Kind: Add, Path: AttributePath("n"), Operand: Literal(item.Number("2"))},
		{Kind: Remove, Path: AttributePath("tags")},
	})
	got, err := update.Apply(it)
	if err != nil || string(got.AppendJSON(nil)) != `{"n":{"N":"3"}}` {
		t.Errorf("%s, %v", got.AppendJSON(nil), err)
	}
	if !update.Creates() || NewUpdate(update.Actions[1:]).Creates() {
		t.Error("only SET and ADD make an item")
	}
	if got := ProjectAttributes("n", "x").Apply(it); len(got) != 1 || got[0].Name != "n" {
		t.Errorf("%v", got)
	}
}

func TestClassicWordsOfKeyConditions(t *testing.T) {
	t.Parallel()
	c, err := ParseCondition(KeyConditionExpression, "pk = :v OR pk < :v", NewPlaceholders(nil, item.Item{{Name: ":v", Value: item.Text("x")}}))
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Keys()
	e, ok := err.(*item.Error)
	if !ok || e.Text(true) != "Invalid operator used in KeyConditionExpression: OR" {
		t.Errorf("got %v", err)
	}
}

func BenchmarkParse(b *testing.B) {
	names := map[string]string{"#c": "colour"}
	values := item.Item{{Name: ":v", Value: item.Text("x")}, {Name: ":f", Value: item.Boolean(true)}, {Name: ":one", Value: item.Number("1")}}
	for name, parse := range map[string]func(*Placeholders) error{
		"update": func(p *Placeholders) error {
			_, err := ParseUpdate("SET #c = :v, flag = :f ADD hits :one", p)
			return err
		},
		"key": func(p *Placeholders) error {
			_, err := ParseCondition(KeyConditionExpression, "pk = :v", p)
			return err
		},
		"condition": func(p *Placeholders) error {
			_, err := ParseCondition(ConditionExpression, "attribute_not_exists(pk) OR (#c = :v AND hits BETWEEN :one AND :one)", p)
			return err
		},
		"projection": func(p *Placeholders) error {
			_, err := ParseProjection("pk, #c, a.b[1].c", p)
			return err
		},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := parse(NewPlaceholders(names, values)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkFilterStored(b *testing.B) {
	it := item.Item{
		{Name: "pk", Value: item.Text("user-1")}, {Name: "colour", Value: item.Text("red")},
		{Name: "hits", Value: item.Number("12")}, {Name: "payload", Value: item.Text(strings.Repeat("x", 900))},
	}
	stored := item.Stored(item.Encode(it))
	c, err := ParseCondition(FilterExpression, "colour = :v AND hits > :one", NewPlaceholders(nil, item.Item{
		{Name: ":v", Value: item.Text("red")}, {Name: ":one", Value: item.Number("1")},
	}))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if ok, err := c.Matches(stored); !ok || err != nil {
			b.Fatal(ok, err)
		}
	}
}

func BenchmarkApply(b *testing.B) {
	it := item.Item{{Name: "pk", Value: item.Text("user-1")}, {Name: "hits", Value: item.Number("12")}, {Name: "colour", Value: item.Text("x")}}
	u, err := ParseUpdate("SET colour = :v ADD hits :one", NewPlaceholders(nil, item.Item{
		{Name: ":v", Value: item.Text("red")}, {Name: ":one", Value: item.Number("1")},
	}))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := u.Apply(it); err != nil {
			b.Fatal(err)
		}
	}
}
