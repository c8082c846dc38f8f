package expression

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/brownoutdev/brownout/services/dynamodb/item"
	"pgregory.net/rapid"
)

var (
	fuzzNames  = map[string]string{"#a": "a", "#b": "b b", "#c": "c"}
	fuzzValues = item.Item{
		{Name: ":s", Value: item.Text("s")}, {Name: ":n", Value: item.Number("1")}, {Name: ":b", Value: item.Binary("\x00")},
		{Name: ":l", Value: item.List([]item.Value{item.Text("s")})}, {Name: ":m", Value: item.Map(item.Item{{Name: "x", Value: item.Number("2")}})},
		{Name: ":ss", Value: item.Value{Type: item.SS, Elements: []item.Value{item.Text("s"), item.Text("t")}}},
		{Name: ":t", Value: item.Boolean(true)}, {Name: ":type", Value: item.Text("SS")},
	}
	fuzzItem = item.Item{
		{Name: "a", Value: item.Map(item.Item{
			{Name: "x", Value: item.Number("7")}, {Name: "c", Value: item.List([]item.Value{item.Text("e"), item.Number("3"), item.Text("g")})},
		})},
		{Name: "b b", Value: item.Text("sss")},
		{Name: "c", Value: item.List([]item.Value{item.Text("s"), item.Map(item.Item{{Name: "a", Value: item.Number("1")}})})},
		{Name: "n", Value: item.Number("10")},
		{Name: "ss", Value: item.Value{Type: item.SS, Elements: []item.Value{item.Text("s")}}},
	}
)

// tryAll parses a text as every kind of expression and carries out what parses.
func tryAll(t interface{ Fatalf(string, ...any) }, text string) {
	wellFormed := func(err error) {
		var known *item.Error
		if !errors.As(err, &known) || known.Today == "" {
			t.Fatalf("%q: %v is no *item.Error", text, err)
		}
	}
	before := fuzzItem.AppendJSON(nil)
	stored := item.Stored(item.Encode(fuzzItem))
	for _, kind := range []Kind{ConditionExpression, FilterExpression, KeyConditionExpression} {
		c, err := ParseCondition(kind, text, NewPlaceholders(fuzzNames, fuzzValues))
		if err != nil {
			wellFormed(err)
			continue
		}
		got, err := c.Matches(fuzzItem)
		again, storedErr := c.Matches(stored)
		if err != nil || storedErr != nil || got != again {
			t.Fatalf("%q: %v %v, stored %v %v", text, got, err, again, storedErr)
		}
		if _, err := c.Keys(); err != nil {
			wellFormed(err)
		}
	}
	if p, err := ParseProjection(text, NewPlaceholders(fuzzNames, fuzzValues)); err != nil {
		wellFormed(err)
	} else if raw, err := p.AppendJSON(nil, stored); err != nil {
		t.Fatalf("%q: %v", text, err)
	} else if chosen, err := item.Stored(append([]byte{item.StoredFormat, 0}, raw...)).Decode(); err != nil || !item.EqualItems(chosen, p.Apply(fuzzItem)) {
		t.Fatalf("%q: chose %s, %v", text, raw, err)
	}
	u, err := ParseUpdate(text, NewPlaceholders(fuzzNames, fuzzValues))
	if err != nil {
		wellFormed(err)
		return
	}
	changed, err := u.Apply(fuzzItem)
	if err != nil {
		wellFormed(err)
	} else if err := changed.Validate(); err != nil {
		t.Fatalf("%q: makes a faulty item: %v", text, err)
	}
	u.Touched(changed)
	if !bytes.Equal(fuzzItem.AppendJSON(nil), before) {
		t.Fatalf("%q: changed the old item", text)
	}
}

// scripted are the expressions of the scripts in testdata.
func scripted(t testing.TB) []string {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, file := range files {
		lines, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(string(lines), "\n") {
			switch command, text, _ := strings.Cut(line, " "); command {
			case "condition", "filter", "key", "projection", "update":
				texts = append(texts, text)
			}
		}
	}
	return texts
}

func FuzzParse(f *testing.F) {
	for _, text := range scripted(f) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { tryAll(t, text) })
}

var pieces = strings.Fields(`a b c n ss x #a #b #c #undefined :s :n :b :l :m :ss :t :type :undefined
	= <> < <= > >= ( ) [ ] [0] [1] [9] . , + - AND OR NOT BETWEEN IN and SET REMOVE ADD DELETE
	attribute_exists( attribute_not_exists( attribute_type( begins_with( contains( size( if_not_exists( list_append( name 12 @`)

func TestRandomTokens(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		tokens := rapid.SliceOfN(rapid.SampledFrom(pieces), 1, 14).Draw(t, "tokens")
		tryAll(t, strings.Join(tokens, rapid.SampledFrom([]string{" ", ""}).Draw(t, "space")))
	})
}

// operands, conditions and updates are drawn from the grammar, so that most of them parse.
func drawPath(t *rapid.T) string {
	return rapid.SampledFrom([]string{"a", "#a.x", "a.c[1]", "#b", "c", "c[1].a", "c[7]", "n", "ss", "zz", "zz.x", "(a).x"}).Draw(t, "path")
}

func drawOperand(t *rapid.T) string {
	switch rapid.IntRange(0, 3).Draw(t, "operand") {
	case 0:
		return "size(" + drawPath(t) + ")"
	case 1:
		return drawPath(t)
	}
	return rapid.SampledFrom([]string{":s", ":n", ":b", ":ss", ":l"}).Draw(t, "value")
}

func drawCondition(t *rapid.T, depth int) string {
	choice := rapid.IntRange(0, 8).Draw(t, "condition")
	if depth == 0 {
		choice %= 5
	}
	switch choice {
	case 0:
		return drawOperand(t) + rapid.SampledFrom([]string{"=", "<>", "<", "<=", ">", ">="}).Draw(t, "comparator") + drawOperand(t)
	case 1:
		return drawOperand(t) + " BETWEEN " + drawOperand(t) + " AND " + drawOperand(t)
	case 2:
		return drawOperand(t) + " IN (" + drawOperand(t) + ", " + drawOperand(t) + ")"
	case 3:
		return rapid.SampledFrom([]string{"attribute_exists(", "attribute_not_exists("}).Draw(t, "function") + drawPath(t) + ")"
	case 4:
		return rapid.SampledFrom([]string{"begins_with(", "contains("}).Draw(t, "function") + drawPath(t) + "," + drawOperand(t) + ")"
	case 5:
		return "NOT " + drawCondition(t, depth-1)
	case 6:
		return "(" + drawCondition(t, depth-1) + ")"
	case 7:
		return drawCondition(t, depth-1) + " AND " + drawCondition(t, depth-1)
	}
	return drawCondition(t, depth-1) + " OR " + drawCondition(t, depth-1)
}

func TestRandomConditions(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) { tryAll(t, drawCondition(t, 3)) })
}

func TestRandomUpdates(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		draw := func(from ...string) string { return rapid.SampledFrom(from).Draw(t, "piece") }
		parts := []string{}
		if rapid.Bool().Draw(t, "set") {
			parts = append(parts, "SET "+drawPath(t)+" = "+draw(":s", "n + :n", ":n - n", "if_not_exists(zz, :l)", "list_append(c, :l)", "list_append(:l, if_not_exists(zz, :l))", "c[1]"))
			for range rapid.IntRange(0, 2).Draw(t, "more") {
				parts = append(parts, ", "+drawPath(t)+" = "+drawOperand(t))
			}
		}
		if rapid.Bool().Draw(t, "remove") {
			parts = append(parts, "REMOVE "+draw("c[0]", "c[1], c[0]", "a.c[2], a.c[0], a.x", "zz, #b", "a.c[9]"))
		}
		if rapid.Bool().Draw(t, "add") {
			parts = append(parts, "ADD "+drawPath(t)+" "+draw(":n", ":ss"))
		}
		if rapid.Bool().Draw(t, "delete") {
			parts = append(parts, "DELETE "+drawPath(t)+" :ss")
		}
		tryAll(t, strings.Join(parts, " "))
	})
}
