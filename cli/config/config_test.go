package config_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/brownoutdev/brownout/cli/config"
)

func TestParse(t *testing.T) {
	t.Parallel()
	text := `
# a comment
listen: 127.0.0.1:4566
seed: 007          # as it is written: flags read it
data:              # says nothing
insecure-listen: true
serve:
  - dynamodb
  - "sts"
origins: &same [a, b]
hosts: *same
upstream:
  default: http://a
  s3: http://b
"token": 'x'
empty: {}
`
	file, err := config.Parse("f", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	want := []config.Setting{
		{Key: "listen", Line: 3, Values: []config.Value{{Text: "127.0.0.1:4566", Line: 3}}},
		{Key: "seed", Line: 4, Values: []config.Value{{Text: "007", Line: 4}}},
		{Key: "data", Line: 5},
		{Key: "insecure-listen", Line: 6, Values: []config.Value{{Text: "true", Line: 6}}},
		{Key: "serve", Line: 7, Form: config.List, Values: []config.Value{{Text: "dynamodb", Line: 8}, {Text: "sts", Line: 9}}},
		{Key: "origins", Line: 10, Form: config.List, Values: []config.Value{{Text: "a", Line: 10}, {Text: "b", Line: 10}}},
		{Key: "hosts", Line: 11, Form: config.List, Values: []config.Value{{Text: "a", Line: 10}, {Text: "b", Line: 10}}},
		{Key: "upstream", Line: 12, Form: config.Mapping, Values: []config.Value{{Text: "http://a", Line: 13}, {Text: "s3=http://b", Line: 14}}},
		{Key: "token", Line: 15, Values: []config.Value{{Text: "x", Line: 15}}},
		{Key: "empty", Line: 16, Form: config.Mapping},
	}
	if diff := cmp.Diff(want, file.Settings); diff != "" {
		t.Error(diff)
	}
}

func TestParseNothing(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "\n\n", "# only a comment\n", "---\n", "{}", "\ufeff"} {
		file, err := config.Parse("f", []byte(text))
		if err != nil || len(file.Settings) > 0 {
			t.Errorf("%q: %v, %v", text, file, err)
		}
	}
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"just words":                     "f:1: a configuration is KEY: VALUE lines",
		"- a\n- b":                       "f:1: a configuration is KEY: VALUE lines",
		"a: 1\nb: 2\na: 3":               "f:3: a: stands in line 1 already",
		"a: 1\n? [x]\n: 2":               "f:2: a key is the name of a flag",
		"a: 1\n---\nb: 2":                "f:2: a second document begins here",
		"a:\n  - b\n  - [c]":             "f:3: a: a value in it is a list or a mapping",
		"a:\n  x: 1\n  x: 2":             "f:3: a: x stands in line 2 already",
		"a:\n  x=y: 1":                   "f:2: a: a name in a mapping is one word",
		"a: \"b":                         "f: is not YAML: ",
		"a: b\n\tc: d":                   "f:2: is not YAML: ",
		"a: *nobody":                     "f: is not YAML: unknown anchor",
		"a: b\n  c: d":                   "f:2: is not YAML: ",
		strings.Repeat("[", 20000):       "f: is not YAML: ",
		"a: &x [*x]":                     "f:1: a: a value in it is a list",
		"a: &x {b: *x}":                  "f:1: a: a value in it is a list",
		"a: 1\n<<: {b: 2}\n<<: {c: 3}\n": "f:3: <<: stands in line 2 already",
	} {
		_, err := config.Parse("f", []byte(text))
		var mistake *config.Error
		if !errors.As(err, &mistake) || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%.40q: %v; want %s", text, err, want)
		}
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := config.Read(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
	if _, err := config.Read(dir); err == nil || !strings.HasPrefix(err.Error(), dir+": the configuration file cannot be read: ") {
		t.Errorf("a folder: %v", err)
	}
	long := filepath.Join(dir, "long")
	if err := os.WriteFile(long, make([]byte, 1<<20+1), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := config.Read(long); err == nil || !strings.Contains(err.Error(), "longer than 1 MiB") {
		t.Errorf("a long file: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"a: 1", "a: [1, 2]", "a: {b: 1}", "a: &x [1]\nb: *x", "---\na: !!str 1\n...", "%YAML 1.2\n---\n", "? a\n: b", "a: |\n  text\n"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := config.Parse("f", text)
		var mistake *config.Error
		if err != nil && !errors.As(err, &mistake) {
			t.Errorf("%v is a %T", err, err)
		}
		if err == nil && file == nil {
			t.Error("neither a file nor an error")
		}
	})
}
