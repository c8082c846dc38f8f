package item

import (
	"testing"

	"github.com/brownoutdev/brownout/internal/jsonscan"
)

func TestSizes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		`{"S":""}`: 0, `{"S":"é"}`: 2, `{"B":"AAEC"}`: 3, `{"BOOL":true}`: 1, `{"NULL":true}`: 1,
		`{"N":"0"}`: 1, `{"N":"1"}`: 2, `{"N":"12"}`: 2, `{"N":"1.2"}`: 3, `{"N":"123"}`: 3, `{"N":"-1"}`: 3, `{"N":"100"}`: 2, `{"N":"1000"}`: 2,
		`{"N":"0.1"}`: 2, `{"N":"0.12"}`: 2, `{"N":"0.012"}`: 3, `{"N":"12345678901234567890123456789012345678"}`: 20,
		`{"SS":["a","bc"]}`: 3, `{"NS":["1","12"]}`: 4, `{"BS":["AAEC"]}`: 3,
		`{"L":[]}`: 3, `{"L":[{"S":"ab"}]}`: 6, `{"M":{}}`: 3, `{"M":{"k":{"S":"ab"}}}`: 7,
	} {
		it, err := decode(`{"name":` + text + `}`)
		if err != nil {
			t.Fatal(err)
		}
		if got := it.Size() - len("name"); got != want {
			t.Errorf("%s: %d bytes, want %d", text, got, want)
		}
	}
}

func TestEquality(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{`{"N":"1"}`, `{"N":"1.0"}`, true},
		{`{"N":"1"}`, `{"S":"1"}`, false},
		{`{"S":"1"}`, `{"B":"MQ=="}`, false},
		{`{"NS":["1","2"]}`, `{"NS":["2.0","1"]}`, true},
		{`{"SS":["a","b"]}`, `{"SS":["b","c"]}`, false},
		{`{"SS":["a"]}`, `{"SS":["a","b"]}`, false},
		{`{"M":{"a":{"S":"x"},"b":{"N":"1"}}}`, `{"M":{"b":{"N":"1"},"a":{"S":"x"}}}`, true},
		{`{"M":{"a":{"S":"x"}}}`, `{"M":{"b":{"S":"x"}}}`, false},
		{`{"L":[{"S":"x"},{"S":"y"}]}`, `{"L":[{"S":"y"},{"S":"x"}]}`, false},
		{`{"NULL":true}`, `{"NULL":true}`, true},
		{`{"BOOL":true}`, `{"BOOL":false}`, false},
	} {
		it, err := decode(`{"a":` + c.a + `,"b":` + c.b + `}`)
		if err != nil {
			t.Fatal(err)
		}
		if got := Equal(it[0].Value, it[1].Value); got != c.want {
			t.Errorf("%s and %s: %v", c.a, c.b, got)
		}
	}
}

func TestSetAndDelete(t *testing.T) {
	t.Parallel()
	it := Item{}.Set("a", Text("1")).Set("b", Text("2")).Set("a", Text("3"))
	if got := string(it.AppendJSON(nil)); got != `{"a":{"S":"3"},"b":{"S":"2"}}` {
		t.Error(got)
	}
	if it = it.Delete("a").Delete("none"); len(it) != 1 || it[0].Name != "b" {
		t.Errorf("%v", it)
	}
}

// benchmarkItem is an item of 1 KB as load tests write it.
var benchmarkItem = `{"id":{"S":"user-00012345"},"name":{"S":"Jane Example"},"age":{"N":"42"},"active":{"BOOL":true},"payload":{"S":"` +
	string(make1K()) + `"}}`

func make1K() []byte {
	b := make([]byte, 940)
	for i := range b {
		b[i] = 'a' + byte(i%26)
	}
	return b
}

func BenchmarkDecode1K(b *testing.B) {
	body := []byte(benchmarkItem)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		s := jsonscan.New(body)
		var it Item
		if err := it.DecodeJSON(&s); err != nil {
			b.Fatal(err)
		}
		if err := it.Validate(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncode1K(b *testing.B) {
	it, _ := decode(benchmarkItem)
	b.ReportAllocs()
	for b.Loop() {
		Encode(it)
	}
}

func BenchmarkStoredAttribute(b *testing.B) {
	it, _ := decode(benchmarkItem)
	stored := Stored(Encode(it))
	b.ReportAllocs()
	for b.Loop() {
		if _, ok, _ := stored.Attribute("active"); !ok {
			b.Fatal("not found")
		}
	}
}

func BenchmarkCanonicalNumber(b *testing.B) {
	for _, text := range []string{"1234567", "12.50", "1.5e20"} {
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := CanonicalNumber(text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func TestDecodingAllocatesLittle(t *testing.T) {
	body := []byte(benchmarkItem)
	if n := testing.AllocsPerRun(100, func() {
		s := jsonscan.New(body)
		var it Item
		if err := it.DecodeJSON(&s); err != nil {
			t.Fatal(err)
		}
	}); n > 4 {
		t.Errorf("%v allocations, at most 4 are allowed", n)
	}
}
