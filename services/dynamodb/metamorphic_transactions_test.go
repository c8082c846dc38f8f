package dynamodb_test

import (
	"encoding/json"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"github.com/brownoutdev/brownout/services/dynamodb/item"
)

// transaction is a TransactWriteItems on its way, and what the model expects of it.
type transaction struct {
	actions []any
	reasons []string
	after   []func()
	seen    map[string]bool
}

// transact does random things to several items at once, some under conditions: all of it is done, or
// each action has its reason and nothing is.
func (w *world) transact(rt *rapid.T) {
	t := &transaction{seen: map[string]bool{}}
	for range rapid.IntRange(1, 8).Draw(rt, "actions") {
		w.drawAction(rt, t)
	}
	in := map[string]any{"TransactItems": t.actions, "ReturnConsumedCapacity": "INDEXES", "ReturnItemCollectionMetrics": "SIZE"}
	if rapid.Bool().Draw(rt, "has a token") {
		in["ClientRequestToken"] = rapid.StringMatching("[a-z]{12}").Draw(rt, "token")
	}
	status, answer := w.callAny(rt, "TransactWriteItems", in)
	failed := slices.ContainsFunc(t.reasons, func(r string) bool { return r != "None" })
	if failed {
		if want := "[" + strings.Join(t.reasons, ", ") + "]"; status != 400 || !strings.Contains(answer, want) {
			rt.Fatalf("got %d %s, want %s", status, answer, want)
		}
		return
	}
	if status != 200 {
		rt.Fatalf("got %d %s", status, answer)
	}
	for _, fn := range t.after {
		fn()
	}
	if in["ClientRequestToken"] != nil { // again, for nothing
		if status, answer := w.callAny(rt, "TransactWriteItems", in); status != 200 {
			rt.Fatalf("a repetition: got %d %s", status, answer)
		}
	}
}

func (w *world) drawAction(rt *rapid.T, t *transaction) {
	it := drawItem(rt)
	if t.seen[string(tableKey(it))] {
		return
	}
	t.seen[string(tableKey(it))] = true
	key, exists := it[:2:2], w.model.find(it) >= 0
	body := map[string]any{"TableName": "Model"}
	kind := rapid.SampledFrom([]string{"Put", "Delete", "Update", "ConditionCheck"}).Draw(rt, "kind")
	holds := true
	if condition := rapid.SampledFrom([]string{"", "", "attribute_exists(pk)", "attribute_not_exists(pk)"}).Draw(rt, "condition"); condition != "" {
		body["ConditionExpression"] = condition
		holds = exists == (condition == "attribute_exists(pk)")
	} else if kind == "ConditionCheck" {
		body["ConditionExpression"] = "attribute_not_exists(nothing)"
	}
	reason := "None"
	if !holds {
		reason = "ConditionalCheckFailed"
	}
	switch kind {
	case "Put":
		body["Item"] = raw(it)
		t.after = append(t.after, func() { w.model.put(it, it) })
	case "Delete":
		body["Key"] = raw(key)
		t.after = append(t.after, func() { w.model.put(key, nil) })
	case "ConditionCheck":
		body["Key"] = raw(key)
	case "Update":
		body["Key"] = raw(key)
		w.drawUpdate(rt, t, body, key)
	}
	t.actions = append(t.actions, map[string]any{kind: body})
	t.reasons = append(t.reasons, reason)
}

// drawUpdate sets an index key attribute, or removes it.
func (w *world) drawUpdate(rt *rapid.T, t *transaction, body map[string]any, key item.Item) {
	v := item.Text(texts.Draw(rt, "a"))
	remove := rapid.Bool().Draw(rt, "remove")
	body["UpdateExpression"], body["ExpressionAttributeValues"] = "SET a = :v", map[string]any{":v": raw(v)}
	if remove {
		body["UpdateExpression"] = "SET x = :v REMOVE a"
	}
	t.after = append(t.after, func() {
		it := slices.Clone(key)
		if at := w.model.find(key); at >= 0 {
			it = slices.Clone(w.model.items[at])
		}
		if remove {
			it = it.Delete("a").Set("x", v)
		} else {
			it = it.Set("a", v)
		}
		w.model.put(key, it)
	})
}

// transactGet reads several items at once.
func (w *world) transactGet(rt *rapid.T) {
	var gets []any
	var at []int
	seen := map[string]bool{}
	for range rapid.IntRange(1, 6).Draw(rt, "gets") {
		key := drawKey(rt)
		if seen[string(tableKey(key))] {
			continue
		}
		seen[string(tableKey(key))] = true
		gets = append(gets, map[string]any{"Get": map[string]any{"TableName": "Model", "Key": raw(key)}})
		at = append(at, w.model.find(key))
	}
	status, answer := w.callAny(rt, "TransactGetItems", map[string]any{"TransactItems": gets})
	if status != 200 {
		rt.Fatalf("got %d %s", status, answer)
	}
	var responses []json.RawMessage
	if err := json.Unmarshal(decode(rt, answer)["Responses"], &responses); err != nil {
		rt.Fatal(err)
	}
	for i := range at {
		w.wantItem(rt, string(responses[i]), "Item", at[i])
	}
}

// rebuild deletes an index and creates it anew, while nothing else goes on: what it holds afterwards the
// other checks find out.
func (w *world) rebuild(rt *rapid.T) {
	if rapid.IntRange(0, 4).Draw(rt, "really") > 0 {
		return
	}
	for _, s := range w.servers {
		for _, update := range []string{
			`{"Delete":{"IndexName":"keys"}}`,
			`{"Create":{"IndexName":"keys","KeySchema":[{"AttributeName":"a","KeyType":"HASH"}],"Projection":{"ProjectionType":"KEYS_ONLY"}}}`,
		} {
			s.must("UpdateTable", `{"TableName":"Model","AttributeDefinitions":[{"AttributeName":"a","AttributeType":"S"}],"GlobalSecondaryIndexUpdates":[`+update+`]}`)
			if err := s.made.BuildIndexes(s.t.Context()); err != nil {
				rt.Fatal(err)
			}
		}
	}
}

// callAny runs an operation on all servers and wants one answer, whatever it is.
func (w *world) callAny(rt *rapid.T, operation string, in map[string]any) (status int, answer string) {
	rt.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		rt.Fatal(err)
	}
	status, answer = w.servers[0].call(operation, string(body))
	for i, s := range w.servers[1:] {
		if st, a := s.call(operation, string(body)); st != status || a != answer {
			rt.Fatalf("%s %s\n%s: %d %s\n%s: %d %s", operation, body, w.kinds[0], status, answer, w.kinds[i+1], st, a)
		}
	}
	return status, answer
}
