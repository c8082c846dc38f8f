package expression

import (
	"testing"

	"github.com/brownoutdev/brownout/services/dynamodb/item"
)

func TestCharge(t *testing.T) {
	t.Parallel()
	values := item.Item{{Name: ":v", Value: item.Text("12345")}, {Name: ":n", Value: item.Number("1")}, {Name: ":l", Value: item.List(nil)}}
	for text, want := range map[string]int{
		"SET b = :v":                   3 + 19 + 1 + 5,
		"SET b = :v, c = :v":           3 + 2*(19+1+5),
		"SET b = :v REMOVE r":          3 + 19 + 1 + 5 + 2,
		"SET d.leaf = :v":              3 + 19 + 1 + 4 + 4 + 5,
		"SET d[10] = :v":               3 + 19 + 1 + 4 + 2 + 5,
		"SET c = m.z":                  3 + 19 + 1 + 1 + 14 + 1 + 14 + 1,
		"SET c = c + :n":               3 + 19 + 1 + 34 + (1 + 14 + 1) + 2,
		"SET c = c - :n":               3 + 19 + 1 + 37 + (1 + 14 + 1) + 2,
		"SET c = if_not_exists(c, :v)": 3 + 19 + 1 + 39 + (1 + 14 + 1) + 5,
		"SET c = list_append(c, :l)":   3 + 19 + 1 + 37 + (1 + 14 + 1) + 3,
		"ADD c :n":                     3 + 19 + 1 + 2,
		"REMOVE ab, cd":                3 + 2*(1+2),
	} {
		u, err := ParseUpdate(text, NewPlaceholders(nil, values))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := u.Charge(); got != want {
			t.Errorf("%s: got %d, want %d", text, got, want)
		}
	}
}
