package dynamodb_test

import (
	"encoding/json"
	"strings"

	"pgregory.net/rapid"

	"github.com/brownoutdev/brownout/services/dynamodb/item"
)

// selects reads by PartiQL what query reads by a key condition.
func (w *world) selects(rt *rapid.T) {
	x := rapid.SampledFrom(modelIndexes).Draw(rt, "index")
	hash := map[string]func() item.Value{
		"pk": func() item.Value { return item.Text(partitions.Draw(rt, "hash")) },
		"a":  func() item.Value { return item.Text(texts.Draw(rt, "hash")) },
		"b":  func() item.Value { return item.Binary(binaries.Draw(rt, "hash")) },
	}[x.hash]()
	statement, parameters := `SELECT * FROM "Model"`, []any{raw(hash)}
	if x.name != "" {
		statement += `."` + x.name + `"`
	}
	statement += ` WHERE "` + x.hash + `" = ?`
	var passes func(item.Value) bool
	reverse := false
	if x.sort != "" {
		values := map[string]any{}
		var more string
		if more, passes = drawSort(rt, x.sort, values); more != "" {
			statement += " AND " + more
			for _, name := range []string{":v", ":u"} {
				if v, ok := values[name]; ok {
					statement = strings.Replace(statement, name, "?", 1)
					parameters = append(parameters, v)
				}
			}
		}
		if reverse = rapid.Bool().Draw(rt, "reverse"); reverse {
			statement += ` ORDER BY "` + x.sort + `" DESC`
		}
	}
	in := map[string]any{"Statement": statement, "Parameters": parameters}
	if limit := rapid.IntRange(0, 4).Draw(rt, "limit"); limit > 0 {
		in["Limit"] = limit
	}
	wantItems(rt, w.statementPages(rt, in), w.model.query(x, hash, passes, reverse))
}

func (w *world) statementPages(rt *rapid.T, in map[string]any) (out []item.Item) {
	rt.Helper()
	for {
		answer := decode(rt, w.call(rt, "ExecuteStatement", in))
		var items []json.RawMessage
		if err := json.Unmarshal(answer["Items"], &items); err != nil {
			rt.Fatal(err)
		}
		for _, text := range items {
			out = append(out, toItem(rt, text))
		}
		if answer["NextToken"] == nil {
			return out
		}
		in["NextToken"] = answer["NextToken"]
	}
}

// statement writes by PartiQL: an INSERT where there is no item, else an UPDATE or a DELETE.
func (w *world) statement(rt *rapid.T) {
	key := drawKey(rt)
	pk, _ := key.Get("pk")
	sk, _ := key.Get("sk")
	n := number(rt, "n")
	at := w.model.find(key)
	if at < 0 {
		w.statementPages(rt, map[string]any{
			"Statement": `INSERT INTO "Model" VALUE {'pk': ?, 'sk': ?, 'n': ?}`, "Parameters": []any{raw(pk), raw(sk), raw(n)},
		})
		it := append(key, item.Attribute{Name: "n", Value: n})
		w.model.put(key, it)
		return
	}
	old := w.model.items[at]
	if rapid.Bool().Draw(rt, "delete") {
		got := w.statementPages(rt, map[string]any{
			"Statement": `DELETE FROM "Model" WHERE pk = ? AND sk = ? RETURNING ALL OLD *`, "Parameters": []any{raw(pk), raw(sk)},
		})
		wantItems(rt, got, []item.Item{old})
		w.model.put(key, nil)
		return
	}
	got := w.statementPages(rt, map[string]any{
		"Statement":  `UPDATE "Model" SET n = ? REMOVE a WHERE sk = ? AND pk = ? AND attribute_not_exists(never) RETURNING ALL NEW *`,
		"Parameters": []any{raw(n), raw(sk), raw(pk)},
	})
	it := append(item.Item(nil), old...).Delete("a").Set("n", n)
	wantItems(rt, got, []item.Item{it})
	w.model.put(key, it)
}
