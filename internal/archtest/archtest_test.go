// Package archtest holds the house plan's rules as tests: who may import whom, where time and chance
// come from, how long a file may be. It parses the files, since a test that asks the go command
// passes from Go's test cache when only other packages have changed.
package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/brownoutdev/brownout/"

// rows are the rooms from the bottom up: a room may import only rooms of lower rows, and what
// sameRow allows. A room that is not listed here fails the test: give it its place.
var rows = []struct {
	row   int
	rooms []string
}{
	{0, []string{"aws", "catalog", "clock", "cluster", "store", "internal/sigv4", "internal/jsonscan", "internal/random"}},
	{1, []string{"fault", "identity", "journal", "protocol", "recognition", "services", "cluster/local", "cluster/clustertest", "store/memory", "store/disk",
		"store/storetest", "store/internal/transaction", "services/dynamodb/item", "services/dynamodb/expression", "services/dynamodb/partiql"}},
	{2, []string{"services/fis/action", "services/fis/target"}},
	{3, []string{"services/fis", "services/dynamodb", "services/sts", "services/iam", "services/cloudwatch", "services/logs", "services/tagging", "upstream"}},
	{4, []string{"gateway", "control"}},
	{5, []string{"server"}},
	{6, []string{"brownouttest", "cli/config", "cli/demo", "cli/tail"}},
	{7, []string{"cli"}},
	{8, []string{""}},
	{9, []string{"internal/apigen", "internal/archtest", "internal/docgen"}},
}

// sameRow are the imports within a row that the plan has, each with its reason.
var sameRow = map[[2]string]string{
	{"services", "fault"}:                                         "a request carries the faults that only the service can carry out",
	{"services", "identity"}:                                      "a request carries its caller",
	{"recognition", "identity"}:                                   "a call's account comes from the access key",
	{"store/memory", "store/internal/transaction"}:                "both stores lock and buffer alike",
	{"store/disk", "store/internal/transaction"}:                  "both stores lock and buffer alike",
	{"services/dynamodb/expression", "services/dynamodb/item"}:    "expressions are about items",
	{"services/dynamodb/partiql", "services/dynamodb/item"}:       "statements are about items",
	{"services/dynamodb/partiql", "services/dynamodb/expression"}: "both languages share one evaluator",
	{"services/fis/action", "services/fis/target"}:                "an action acts on what targets were resolved to",
	{"catalog", "aws"}:                                            "shared words",
}

// forbidden imports beyond rows: package path prefix -> rooms that may not have it, with the reason.
var forbidden = []struct {
	imported string
	rooms    []string
	because  string
}{
	{"net/http", []string{"services", "fault", "store", "cluster", "catalog", "clock", "identity"}, "services and faults never learn what HTTP is"},
	{module + "protocol", []string{"services", "fault"}, "a service declares an operation once and speaks whatever its model says"},
	{module + "gateway", []string{"services", "fault"}, "only the server puts the parts together"},
	{module + "services/fis", []string{"fault", "gateway", "services/dynamodb"}, "a fault never learns what an experiment is"},
	{module + "services/dynamodb", []string{"protocol", "gateway", "services/fis"}, "protocol never learns what DynamoDB is"},
	{module + "store/disk", []string{"gateway", "control", "services", "fault", "cluster/local", "cli"}, "only the server names an implementation"},
}

func rowOf(room string) (int, bool) {
	for _, r := range rows {
		if slices.Contains(r.rooms, room) {
			return r.row, true
		}
	}
	return 0, false
}

type file struct {
	path string // from the module's root, with slashes
	room string
	ast  *ast.File
	set  *token.FileSet
}

func (f *file) isTest() bool      { return strings.HasSuffix(f.path, "_test.go") }
func (f *file) isGenerated() bool { return strings.HasSuffix(f.path, "_gen.go") }

func (f *file) lines() int { return f.set.Position(f.ast.End()).Line }

// files parses all Go files of the module (not those of modules within it).
func files(t *testing.T) []file {
	t.Helper()
	root := filepath.Join("..", "..")
	var all []file
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if base := d.Name(); base == "testdata" || base == "node_modules" || name != root && strings.HasPrefix(base, ".") {
				return filepath.SkipDir
			}
			if name != root {
				if _, err := os.Stat(filepath.Join(name, "go.mod")); err == nil {
					return filepath.SkipDir
				}
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		set := token.NewFileSet()
		parsed, err := parser.ParseFile(set, name, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		slashed := filepath.ToSlash(relative)
		room := path.Dir(slashed)
		if room == "." {
			room = ""
		}
		all = append(all, file{slashed, room, parsed, set})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 20 {
		t.Fatalf("found only %d files: the test looks in the wrong place", len(all))
	}
	return all
}

func TestImports(t *testing.T) {
	t.Parallel()
	for _, f := range files(t) {
		if f.isTest() {
			continue // an external test package may import brownouttest and what it needs to look from outside
		}
		row, known := rowOf(f.room)
		if !known {
			t.Errorf("%s: the room %q has no row in the house plan", f.path, f.room)
			continue
		}
		for _, spec := range f.ast.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			for _, rule := range forbidden {
				if imported == rule.imported && slices.ContainsFunc(rule.rooms, func(room string) bool { return within(f.room, room) }) {
					t.Errorf("%s imports %s: %s", f.path, imported, rule.because)
				}
			}
			room, ours := strings.CutPrefix(imported, module)
			if !ours || room == f.room {
				continue
			}
			importedRow, known := rowOf(room)
			if _, allowed := sameRow[[2]string{f.room, room}]; known && importedRow >= row && !allowed {
				t.Errorf("%s (row %d) imports %s (row %d)", f.path, row, room, importedRow)
			}
		}
	}
}

func within(room, parent string) bool { return room == parent || strings.HasPrefix(room, parent+"/") }

// TestTimeAndChance: time comes from clock, chance from a rule's own seed or from internal/random.
func TestTimeAndChance(t *testing.T) {
	t.Parallel()
	calls := map[string][]string{"time": {"Now", "Sleep", "After", "AfterFunc", "NewTimer", "NewTicker", "Tick", "Since", "Until"}}
	for _, f := range files(t) {
		if f.room == "clock" || f.room == "" {
			continue
		}
		names := calls["time"]
		if f.isTest() {
			names = []string{"Sleep"} // a test waits for a condition, never for a while
		}
		ast.Inspect(f.ast, func(n ast.Node) bool {
			selector, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := selector.X.(*ast.Ident); ok && x.Name == "time" && x.Obj == nil && slices.Contains(names, selector.Sel.Name) {
				t.Errorf("%s: time.%s: take it from clock", f.set.Position(n.Pos()), selector.Sel.Name)
			}
			return true
		})
		for _, spec := range f.ast.Imports {
			if imported := strings.Trim(spec.Path.Value, `"`); strings.HasPrefix(imported, "math/rand") && f.room != "internal/random" && !f.isTest() {
				t.Errorf("%s imports %s: chance comes from a rule's own seed, ids from internal/random", f.path, imported)
			}
		}
	}
}

// TestSizes: a file over 500 lines or a function over 60 is asking to be two things.
func TestSizes(t *testing.T) {
	t.Parallel()
	for _, f := range files(t) {
		if f.isTest() || f.isGenerated() {
			continue
		}
		if n := f.lines(); n > 500 {
			t.Errorf("%s has %d lines", f.path, n)
		}
		for _, d := range f.ast.Decls {
			function, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			begin, end := f.set.Position(function.Pos()).Line, f.set.Position(function.End()).Line
			if n := end - begin + 1; n > 60 {
				t.Errorf("%s: %s has %d lines", f.path, function.Name.Name, n)
			}
		}
	}
}

// TestPackageComments: every room says what it is for, once.
func TestPackageComments(t *testing.T) {
	t.Parallel()
	comments := map[string]int{}
	for _, f := range files(t) {
		if f.isTest() && f.room != "internal/archtest" {
			continue
		}
		if _, ok := comments[f.room]; !ok {
			comments[f.room] = 0
		}
		if f.ast.Doc != nil {
			comments[f.room]++
		}
	}
	for room, n := range comments {
		if n != 1 {
			t.Errorf("room %q has %d package comments, want one", room, n)
		}
	}
}
