package partiql_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/brownoutdev/brownout/services/dynamodb/expression"
	"github.com/brownoutdev/brownout/services/dynamodb/item"
	"github.com/brownoutdev/brownout/services/dynamodb/partiql"
)

// TestFaults reads testdata/faults.txt: a statement, and what AWS says of it.
func TestFaults(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/faults.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, paragraph := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n\n") {
		statement, want, ok := strings.Cut(paragraph, "\n")
		if !ok {
			continue // the comment
		}
		_, err := partiql.Parse(statement, nil)
		var fault *item.Error
		if !errors.As(err, &fault) || fault.Today != want {
			t.Errorf("%s\n got %v\nwant %s", statement, err, want)
		}
	}
}

func TestStatements(t *testing.T) {
	t.Parallel()
	path := func(names ...string) expression.Operand {
		p := make(expression.Path, len(names))
		for i, name := range names {
			p[i].Name = name
		}
		return expression.PathTo(p)
	}
	equal := func(name, value string) expression.Condition {
		return expression.Condition{Operator: expression.Equal, Operands: []expression.Operand{path(name), expression.Literal(item.Text(value))}}
	}
	key := equal("pk", "a")
	for _, test := range []struct {
		text       string
		parameters []item.Value
		want       partiql.Statement
	}{
		{"select * from T", nil, partiql.Statement{Table: "T"}},
		{`SELECT "a b", m.x FROM "some-table"."i" ORDER BY pk DESC, sk`, nil, partiql.Statement{
			Table: "some-table", Index: "i",
			Columns: []partiql.Column{{Name: "a b", Path: path("a b").Path}, {Name: "x", Path: path("m", "x").Path}},
			Order:   []partiql.Order{{Attribute: "pk", Descending: true}, {Attribute: "sk"}},
		}},
		{"DELETE FROM T WHERE pk = ? /* all of it */ RETURNING ALL OLD *;", []item.Value{item.Text("a")}, partiql.Statement{
			Kind: partiql.Delete, Table: "T", Condition: &key, Returning: partiql.ReturningAllOld,
		}},
		{"EXISTS(SELECT * FROM T WHERE pk = 'a')", nil, partiql.Statement{Kind: partiql.Exists, Table: "T", Condition: &key}},
		{"INSERT INTO T VALUE {'pk': 'it''s', 'n': -1.50e1, 's': <<?>>}", []item.Value{item.Binary("\x01")}, partiql.Statement{
			Kind: partiql.Insert, Table: "T", Item: item.Item{
				{Name: "pk", Value: item.Text("it's")}, {Name: "n", Value: item.Number("-15")},
				{Name: "s", Value: item.Set([]item.Value{item.Binary("\x01")})},
			},
		}},
		{"UPDATE T SET n = n - 1 REMOVE m.x SET s = SET_ADD(s, <<'x'>>) WHERE pk = 'a' RETURNING MODIFIED NEW *", nil, partiql.Statement{
			Kind: partiql.Update, Table: "T", Condition: &key, Returning: partiql.ReturningModifiedNew,
			Actions: []expression.Action{
				{Kind: expression.Set, Path: path("n").Path, Operand: expression.Operand{
					Kind: expression.SubtractOperand, Arguments: []expression.Operand{path("n"), expression.Literal(item.Number("1"))},
				}},
				{Kind: expression.Remove, Path: path("m", "x").Path},
				{Kind: expression.Add, Path: path("s").Path, Operand: expression.Literal(item.Set([]item.Value{item.Text("x")}))},
			},
		}},
	} {
		got, err := partiql.Parse(test.text, test.parameters)
		if err != nil {
			t.Errorf("%s: %v", test.text, err)
			continue
		}
		if diff := cmp.Diff(&test.want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", test.text, diff)
		}
	}
}

// TestDeepStatements is about statements that would use up the stack.
func TestDeepStatements(t *testing.T) {
	t.Parallel()
	for _, opening := range []string{"(", "[", "NOT ", "- ", "{'a':", "<<", "f(", "a["} {
		statement := "SELECT * FROM T WHERE " + strings.Repeat(opening, 8192) // the API takes 8,192 characters
		if _, err := partiql.Parse(statement, nil); err == nil {
			t.Errorf("%q, again and again, is accepted", opening)
		}
	}
}

func FuzzParse(f *testing.F) {
	text, err := os.ReadFile("testdata/faults.txt")
	if err != nil {
		f.Fatal(err)
	}
	for _, line := range strings.Split(string(text), "\n") {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, statement string) {
		parameters := make([]item.Value, strings.Count(statement, "?"))
		for i := range parameters {
			parameters[i] = item.Text("x")
		}
		s, err := partiql.Parse(statement, parameters)
		var fault *item.Error
		if err != nil && !errors.As(err, &fault) {
			t.Fatalf("%q: %T %v", statement, err, err)
		}
		if err == nil && s.Condition != nil {
			if _, err := s.Condition.Matches(item.Item{{Name: "a", Value: item.Number("1")}}); err != nil {
				t.Fatal(err)
			}
		}
	})
}
