package dynamodb

import (
	"context"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/brownoutdev/brownout/clock"
	"github.com/brownoutdev/brownout/internal/random"
	"github.com/brownoutdev/brownout/services/dynamodb/item"
	"github.com/brownoutdev/brownout/store"
	"github.com/brownoutdev/brownout/store/memory"
)

// TestKeysFormat1 pins the bytes of storage keys: data folders out there hold them.
func TestKeysFormat1(t *testing.T) {
	t.Parallel()
	s := &Service{prefix: []byte("P/")}
	if got, want := string(s.descriptorKey(tableName{"123456789012", "eu-west-1", "T"})), "P/t123456789012\x00eu-west-1\x00T"; got != want {
		t.Errorf("descriptor: got %q, want %q", got, want)
	}
	d := &descriptor{
		Number:               7,
		AttributeDefinitions: []AttributeDefinition{{new("pk"), new("S")}, {new("sk"), new("N")}, {new("a"), new("B")}},
		KeySchema:            []KeySchemaElement{{new("pk"), new("HASH")}, {new("sk"), new("RANGE")}},
		GlobalSecondaryIndexes: []indexDescriptor{{
			Name: "gsi", Number: 3, KeySchema: []KeySchemaElement{{new("a"), new("HASH")}}, Projection: Projection{ProjectionType: new("ALL")},
		}},
	}
	st, err := s.newState(d, nil)
	if err != nil {
		t.Fatal(err)
	}
	it := item.Item{
		{Name: "sk", Value: item.Number("-12.5")}, {Name: "pk", Value: item.Text("a\x00b")}, {Name: "a", Value: item.Binary("\xff")},
	}
	key, _ := st.itemKey(it)
	if got, want := hex.EncodeToString(key), "502f64"+"00000007"+"00"+"77c435a1143d066c"+"026100ff620001"+"01407cf2ccff"; got != want {
		t.Errorf("item: got %s, want %s", got, want)
	}
	back, err := st.keyOf(nil, key)
	if err != nil || !item.EqualItems(back, it[:2]) {
		t.Errorf("keyOf(item) = %v, %v", back, err)
	}
	entry, _ := st.entryKey(st.indexes[0], it)
	if back, err = st.keyOf(st.indexes[0], entry); err != nil || !item.EqualItems(back, it) {
		t.Errorf("keyOf(entry) = %v, %v", back, err)
	}
	if entry[len("P/d")+4] != 3 || !strings.HasSuffix(string(entry), string(key[len(st.space)+hashLength:])) {
		t.Errorf("entry: got %x", entry)
	}
}

// TestNewerFormatIsRefused has New refuse tables that a newer Brownout wrote.
func TestNewerFormatIsRefused(t *testing.T) {
	t.Parallel()
	st := memory.New()
	key := []byte("P/taccount\x00region\x00T")
	err := st.Update(context.Background(), [][]byte{key}, func(w store.Writer) error { return w.Set(key, []byte(`{"Format":2,"Name":"T"}`)) })
	if err != nil {
		t.Fatal(err)
	}
	_, err = New(Config{Store: st, Prefix: []byte("P/"), Clock: clock.Real{}, IDs: random.New()})
	if err == nil || !strings.Contains(err.Error(), "table T is stored in format 2, only format 1 is known") {
		t.Errorf("got %v", err)
	}
}
