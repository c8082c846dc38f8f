package jsonscan

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

func read(text []byte) (any, error) {
	s := New(text)
	v, err := s.Value()
	if err == nil {
		err = s.End()
	}
	return v, err
}

// sameAsStandard holds our reading of a text against encoding/json's.
func sameAsStandard(t *testing.T, text []byte) {
	t.Helper()
	got, err := read(text)
	var want any
	wantErr := json.Unmarshal(text, &want)
	if bytes.Count(text, []byte("["))+bytes.Count(text, []byte("{")) > MaxDepth {
		return // we stop nesting earlier
	}
	if (err == nil) != (wantErr == nil) {
		t.Fatalf("%q: got error %v, encoding/json says %v", text, err, wantErr)
	}
	skipper := New(text)
	if skipErr := skipper.Skip(); err == nil && skipErr != nil {
		t.Fatalf("%q: Value reads it, Skip says %v", text, skipErr)
	} else if skipErr == nil {
		if reader := New(text[:skipper.Offset()]); !json.Valid(reader.data) {
			t.Fatalf("%q: Skip reads %q, which is no JSON", text, reader.data)
		}
	}
	if err == nil && !reflect.DeepEqual(floats(got), want) {
		t.Fatalf("%q: got %#v, encoding/json says %#v", text, got, want)
	}
}

func floats(v any) any {
	switch v := v.(type) {
	case int64:
		return float64(v)
	case []any:
		for i := range v {
			v[i] = floats(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = floats(v[k])
		}
	}
	return v
}

var texts = []string{
	`{}`, `[]`, `""`, `0`, `-0`, `-1.5e+10`, `true`, `false`, `null`, ` { "a" : [ 1 , "b" , { } ] } `,
	`"\u00e9\n\"\\\/\b\f\r\t"`, `"a string of more than eight bytes\n and \u00e9 more \x"`, `"\ud83d\ude00"`, `"\ud83d"`, `"\ud83dx"`, `"\ud83d\u0041"`, "\"\xff\"", `"é"`,
	`"`, `"\x"`, `"\u12g4"`, "\"\n\"", `01`, `1.`, `.5`, `1e`, `-`, `+1`, `tru`, `nul`, `{"a"}`, `{"a":}`, `{"a":1,}`, `[1,]`,
	`[1 2]`, `{1:2}`, `{} {}`, ``, ` `, `[`, `{`, `{"a":1`, `]`, `{"a":1,"a":2}`, `1e400`, `"a" x`, `{,}`, `[,]`,
}

func TestSameAsEncodingJSON(t *testing.T) {
	t.Parallel()
	for _, text := range texts {
		sameAsStandard(t, []byte(text))
	}
}

func FuzzSameAsEncodingJSON(f *testing.F) {
	for _, text := range texts {
		f.Add([]byte(text))
	}
	f.Fuzz(sameAsStandard)
}

func TestDepthIsLimited(t *testing.T) {
	t.Parallel()
	if _, err := read([]byte(strings.Repeat("[", MaxDepth) + strings.Repeat("]", MaxDepth))); err != nil {
		t.Errorf("%d levels: %v", MaxDepth, err)
	}
	if _, err := read([]byte(strings.Repeat(`{"a":`, 1_000_000))); err == nil {
		t.Error("a million levels were accepted")
	}
}

func FuzzAppendStringRoundTrip(f *testing.F) {
	for _, text := range []string{"", "plain", "\"\\\n\r\t\b\f\x00\x1f", "é😀", "a\xffb", "<&>\u2028"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var got string
		if err := json.Unmarshal(AppendString(nil, text), &got); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if want := strings.ToValidUTF8(text, "\ufffd"); got != want && got != string([]rune(text)) {
			t.Fatalf("got %q, want %q", got, want)
		}
	})
}

func TestPlainStringsAreNotCopied(t *testing.T) {
	text := []byte(`{"name":"value","number":12345,"list":[true,false,null]}`)
	if n := testing.AllocsPerRun(100, func() {
		s := New(text)
		if err := s.Skip(); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}
