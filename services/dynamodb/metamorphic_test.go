package dynamodb_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"github.com/brownoutdev/brownout/internal/jsonscan"
	"github.com/brownoutdev/brownout/services/dynamodb"
	"github.com/brownoutdev/brownout/services/dynamodb/item"
)

// TestMetamorphic does random things to a table on each kind of store and to the model, and wants
// the three to agree on every answer. A long run of about a million operations:
//
//	go test -run '^TestMetamorphic$' -v -timeout 0 ./services/dynamodb -rapid.checks=250 -rapid.steps=4000
func TestMetamorphic(t *testing.T) {
	t.Parallel()
	var operations atomic.Int64
	t.Cleanup(func() { t.Log(operations.Load(), "operations") })
	rapid.Check(t, func(rt *rapid.T) {
		w := &world{rt: rt, operations: &operations}
		defer w.close()
		for kind, open := range stores(t) {
			s := start(tb{t, w}, open, dynamodb.Current)
			s.must("CreateTable", modelTable)
			w.kinds, w.servers = append(w.kinds, kind), append(w.servers, s)
		}
		rt.Repeat(map[string]func(*rapid.T){
			"Put": w.put, "Delete": w.delete, "Update": w.update, "Batch": w.batch,
			"Get": w.get, "Query": w.query, "Scan": w.scan, "Describe": w.describe, "Restart": w.restart,
			"Transact": w.transact, "TransactGet": w.transactGet, "Rebuild": w.rebuild,
			"Select": w.selects, "Statement": w.statement,
		})
	})
}

// tb lends the test to servers whose life is one round of it.
type tb struct {
	testing.TB
	w *world
}

func (t tb) Cleanup(fn func()) { t.w.cleanups = append(t.w.cleanups, fn) }

type world struct {
	rt       *rapid.T
	kinds    []string
	servers  []*server
	model    model
	cleanups []func()
	// operations counts what all rounds have asked of a server.
	operations *atomic.Int64
}

func (w *world) close() {
	for _, fn := range w.cleanups {
		fn()
	}
}

// call runs an operation on all servers and wants one answer.
func (w *world) call(rt *rapid.T, operation string, in map[string]any) string {
	rt.Helper()
	w.operations.Add(1)
	in["TableName"] = "Model"
	if operation == "BatchWriteItem" || operation == "ExecuteStatement" {
		delete(in, "TableName")
	}
	body, err := json.Marshal(in)
	if err != nil {
		rt.Fatal(err)
	}
	status, answer := w.servers[0].call(operation, string(body))
	for i, s := range w.servers[1:] {
		if st, a := s.call(operation, string(body)); st != status || a != answer {
			rt.Fatalf("%s %s\n%s: %d %s\n%s: %d %s", operation, body, w.kinds[0], status, answer, w.kinds[i+1], st, a)
		}
	}
	if status != 200 {
		rt.Fatalf("%s %s: %d %s", operation, body, status, answer)
	}
	return answer
}

var (
	partitions = rapid.SampledFrom([]string{"p", "q", "p\x00", "é"})
	numbers    = rapid.SampledFrom([]string{"-10", "-1", "-0.5", "0", "0.5", "1", "2", "10", "1e20"})
	texts      = rapid.SampledFrom([]string{"a", "aa", "ab", "a\x00", "b", "ba"})
	binaries   = rapid.SampledFrom([]string{"\x00", "\x00\x01", "\xff", "\xff\xff", "m"})
)

func number(rt *rapid.T, name string) item.Value {
	text, err := item.CanonicalNumber(numbers.Draw(rt, name))
	if err != nil {
		rt.Fatal(err)
	}
	return item.Number(text)
}

func drawKey(rt *rapid.T) item.Item {
	return item.Item{{Name: "pk", Value: item.Text(partitions.Draw(rt, "pk"))}, {Name: "sk", Value: number(rt, "sk")}}
}

func drawItem(rt *rapid.T) item.Item {
	it := drawKey(rt)
	if rapid.Bool().Draw(rt, "has a") {
		it = append(it, item.Attribute{Name: "a", Value: item.Text(texts.Draw(rt, "a"))})
	}
	if rapid.Bool().Draw(rt, "has b") {
		it = append(it, item.Attribute{Name: "b", Value: item.Binary(binaries.Draw(rt, "b"))})
	}
	if rapid.Bool().Draw(rt, "has n") {
		it = append(it, item.Attribute{Name: "n", Value: number(rt, "n")})
	}
	if rapid.Bool().Draw(rt, "has x") {
		it = append(it, item.Attribute{Name: "x", Value: item.Text(strings.Repeat("x", rapid.IntRange(0, 3000).Draw(rt, "x")))})
	}
	return it
}

func raw(v interface{ AppendJSON([]byte) []byte }) json.RawMessage { return v.AppendJSON(nil) }

func (w *world) put(rt *rapid.T) {
	it := drawItem(rt)
	old := w.model.find(it)
	answer := w.call(rt, "PutItem", map[string]any{"Item": raw(it), "ReturnValues": "ALL_OLD"})
	w.wantItem(rt, answer, "Attributes", old)
	w.model.put(it, it)
}

func (w *world) delete(rt *rapid.T) {
	key := drawKey(rt)
	old := w.model.find(key)
	answer := w.call(rt, "DeleteItem", map[string]any{"Key": raw(key), "ReturnValues": "ALL_OLD"})
	w.wantItem(rt, answer, "Attributes", old)
	w.model.put(key, nil)
}

func (w *world) get(rt *rapid.T) {
	key := drawKey(rt)
	w.wantItem(rt, w.call(rt, "GetItem", map[string]any{"Key": raw(key)}), "Item", w.model.find(key))
}

func (w *world) wantItem(rt *rapid.T, answer, member string, at int) {
	rt.Helper()
	got := decode(rt, answer)[member]
	if at < 0 {
		if got != nil {
			rt.Fatalf("got %s, want no %s", got, member)
		}
		return
	}
	if !item.EqualItems(toItem(rt, got), w.model.items[at]) {
		rt.Fatalf("%s: got %s, want %s", member, got, w.model.items[at].AppendJSON(nil))
	}
}

func (w *world) update(rt *rapid.T) {
	key := drawKey(rt)
	var it item.Item
	if at := w.model.find(key); at >= 0 {
		it = slices.Clone(w.model.items[at])
	} else {
		it = slices.Clone(key)
	}
	in := map[string]any{"Key": raw(key), "ReturnValues": "ALL_NEW"}
	attribute := rapid.SampledFrom([]string{"a", "n"}).Draw(rt, "attribute")
	switch rapid.SampledFrom([]string{"SET", "REMOVE", "ADD"}).Draw(rt, "section") {
	case "SET":
		v := number(rt, "value")
		if attribute == "a" {
			v = item.Text(texts.Draw(rt, "value"))
		}
		in["UpdateExpression"], in["ExpressionAttributeValues"] = "SET "+attribute+" = :v", map[string]any{":v": raw(v)}
		it = it.Set(attribute, v)
	case "REMOVE":
		in["UpdateExpression"] = "SET x = :v REMOVE " + attribute
		in["ExpressionAttributeValues"] = map[string]any{":v": raw(item.Text("y"))}
		it = it.Delete(attribute).Set("x", item.Text("y"))
	case "ADD":
		v := item.Number("3")
		in["UpdateExpression"], in["ExpressionAttributeValues"] = "ADD n :v", map[string]any{":v": raw(v)}
		sum := v
		if old, ok := it.Get("n"); ok {
			text, err := item.Add(old.Text, v.Text)
			if err != nil {
				rt.Fatal(err)
			}
			sum = item.Number(text)
		}
		it = it.Set("n", sum)
	}
	got := decode(rt, w.call(rt, "UpdateItem", in))["Attributes"]
	if !item.EqualItems(toItem(rt, got), it) {
		rt.Fatalf("got %s, want %s", got, it.AppendJSON(nil))
	}
	w.model.put(key, it)
}

func (w *world) batch(rt *rapid.T) {
	var requests []any
	var after []func()
	seen := map[string]bool{}
	for range rapid.IntRange(1, 25).Draw(rt, "writes") {
		it := drawItem(rt)
		if seen[string(tableKey(it))] {
			continue
		}
		seen[string(tableKey(it))] = true
		if rapid.Bool().Draw(rt, "put") {
			requests = append(requests, map[string]any{"PutRequest": map[string]any{"Item": raw(it)}})
			after = append(after, func() { w.model.put(it, it) })
		} else {
			requests = append(requests, map[string]any{"DeleteRequest": map[string]any{"Key": raw(it[:2])}})
			after = append(after, func() { w.model.put(it, nil) })
		}
	}
	w.call(rt, "BatchWriteItem", map[string]any{"RequestItems": map[string]any{"Model": requests}})
	for _, fn := range after {
		fn()
	}
}

func (w *world) query(rt *rapid.T) {
	x := rapid.SampledFrom(modelIndexes).Draw(rt, "index")
	hash := map[string]func() item.Value{
		"pk": func() item.Value { return item.Text(partitions.Draw(rt, "hash")) },
		"a":  func() item.Value { return item.Text(texts.Draw(rt, "hash")) },
		"b":  func() item.Value { return item.Binary(binaries.Draw(rt, "hash")) },
	}[x.hash]()
	reverse := rapid.Bool().Draw(rt, "reverse")
	values := map[string]any{":h": raw(hash)}
	in := map[string]any{"ScanIndexForward": !reverse, "ExpressionAttributeValues": values}
	condition := x.hash + " = :h"
	var passes func(item.Value) bool
	if x.sort != "" {
		var more string
		if more, passes = drawSort(rt, x.sort, values); more != "" {
			condition += " AND " + more
		}
	}
	in["KeyConditionExpression"] = condition
	got := w.pages(rt, "Query", x, in)
	wantItems(rt, got, w.model.query(x, hash, passes, reverse))
}

// drawSort is a random condition on a sort key and what it lets pass.
func drawSort(rt *rapid.T, name string, values map[string]any) (condition string, passes func(item.Value) bool) {
	draw := func() item.Value {
		if name == "a" {
			return item.Text(texts.Draw(rt, "bound"))
		}
		return number(rt, "bound")
	}
	how := rapid.SampledFrom([]string{"", "=", "<", "<=", ">", ">=", "BETWEEN", "begins_with"}).Draw(rt, "operator")
	if how == "" || how == "begins_with" && name != "a" {
		return "", nil
	}
	v := draw()
	values[":v"] = raw(v)
	switch how {
	case "BETWEEN":
		u := draw()
		if order, _ := item.Compare(v, u); order > 0 {
			u, v = v, u
		}
		values[":v"], values[":u"] = raw(v), raw(u)
		return name + " BETWEEN :v AND :u", func(x item.Value) bool {
			low, _ := item.Compare(x, v)
			high, _ := item.Compare(x, u)
			return low >= 0 && high <= 0
		}
	case "begins_with":
		return "begins_with(" + name + ", :v)", func(x item.Value) bool { return strings.HasPrefix(x.Text, v.Text) }
	}
	return name + " " + how + " :v", func(x item.Value) bool {
		order, _ := item.Compare(x, v)
		return order == 0 && strings.Contains(how, "=") || order < 0 && how[0] == '<' || order > 0 && how[0] == '>'
	}
}

func (w *world) scan(rt *rapid.T) {
	x := rapid.SampledFrom(modelIndexes).Draw(rt, "index")
	var got []item.Item
	segments := rapid.IntRange(1, 3).Draw(rt, "segments")
	for segment := range segments {
		got = append(got, w.pages(rt, "Scan", x, map[string]any{"Segment": segment, "TotalSegments": segments})...)
	}
	want := w.model.entries(x)
	byKey := func(a, b item.Item) int { return slices.Compare(tableKey(a), tableKey(b)) }
	slices.SortFunc(got, byKey)
	slices.SortFunc(want, byKey)
	wantItems(rt, got, want)
}

// pages reads all pages of a random limit.
func (w *world) pages(rt *rapid.T, operation string, x modelIndex, in map[string]any) []item.Item {
	rt.Helper()
	if x.name != "" {
		in["IndexName"] = x.name
	}
	if limit := rapid.IntRange(0, 4).Draw(rt, "limit"); limit > 0 {
		in["Limit"] = limit
	}
	var out []item.Item
	for {
		answer := decode(rt, w.call(rt, operation, in))
		var items []json.RawMessage
		if err := json.Unmarshal(answer["Items"], &items); err != nil {
			rt.Fatal(err)
		}
		for _, text := range items {
			out = append(out, toItem(rt, text))
		}
		if answer["LastEvaluatedKey"] == nil {
			return out
		}
		in["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
	}
}

func (w *world) describe(rt *rapid.T) {
	var out struct {
		Table struct {
			ItemCount, TableSizeBytes                     int64
			GlobalSecondaryIndexes, LocalSecondaryIndexes []struct {
				IndexName                 string
				ItemCount, IndexSizeBytes int64
			}
		}
	}
	// The servers have different table ids, so each is asked by itself.
	for i, s := range w.servers {
		if err := json.Unmarshal([]byte(s.must("DescribeTable", `{"TableName":"Model"}`)), &out); err != nil {
			rt.Fatal(err)
		}
		got := map[string][2]int64{"": {out.Table.ItemCount, out.Table.TableSizeBytes}}
		for _, x := range append(out.Table.GlobalSecondaryIndexes, out.Table.LocalSecondaryIndexes...) {
			got[x.IndexName] = [2]int64{x.ItemCount, x.IndexSizeBytes}
		}
		for _, x := range modelIndexes {
			items, size := w.model.size(x)
			if want := [2]int64{items, size}; got[x.name] != want {
				rt.Fatalf("%s: index %q: got %v items and bytes, want %v", w.kinds[i], x.name, got[x.name], want)
			}
		}
	}
}

func (w *world) restart(rt *rapid.T) {
	if rapid.IntRange(0, 9).Draw(rt, "really") > 0 {
		return
	}
	for _, s := range w.servers {
		s.restart()
	}
}

func decode(rt *rapid.T, answer string) map[string]json.RawMessage {
	rt.Helper()
	var out map[string]json.RawMessage
	if err := json.Unmarshal([]byte(answer), &out); err != nil {
		rt.Fatalf("%s: %v", answer, err)
	}
	return out
}

func toItem(rt *rapid.T, text []byte) item.Item {
	rt.Helper()
	var it item.Item
	scanner := jsonscan.New(text)
	if err := it.DecodeJSON(&scanner); err != nil {
		rt.Fatalf("%s: %v", text, err)
	}
	return it
}

func wantItems(rt *rapid.T, got, want []item.Item) {
	rt.Helper()
	if !slices.EqualFunc(got, want, item.EqualItems) {
		rt.Fatalf("got %s\nwant %s", show(got), show(want))
	}
}

func show(items []item.Item) string {
	var b strings.Builder
	for _, it := range items {
		fmt.Fprintf(&b, "\n  %.200s", it.AppendJSON(nil))
	}
	return b.String()
}
