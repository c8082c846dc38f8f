package main

import (
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/brownoutdev/brownout/catalog"
)

var update = flag.Bool("update", false, "write testdata/bakery.golden anew")

func toy(t *testing.T) []*catalog.Service {
	t.Helper()
	services, err := buildAll(filepath.Join("testdata", "models"), calls{"bakery": {"BakeBread": false}})
	if err != nil {
		t.Fatal(err)
	}
	return services
}

func TestBuild(t *testing.T) {
	t.Parallel()
	services := toy(t)
	bakery, brewery := services[0], services[1]
	if bakery.Name != "bakery" || bakery.ID != "Corner Bakery" || bakery.SigningName != "oven" || bakery.APIVersion != "2020-02-02" ||
		bakery.XMLNamespace != "urn:bakery" || !reflect.DeepEqual(bakery.Protocols, []string{"rest-xml"}) {
		t.Errorf("the bakery is %+v", bakery)
	}
	if brewery.SigningName != "oven" || !brewery.QueryCompatible || !brewery.Speaks(catalog.Query) ||
		brewery.Operation("Brew").ResultWrapper != "BrewResult" || brewery.Operation("Brew").Fields != nil {
		t.Errorf("the brewery is %+v", brewery)
	}
	bake, clone, smell := bakery.Operation("BakeBread"), bakery.Operation("CopyBread"), bakery.Operation("SmellBread")
	if bake.Method != "PUT" || bake.URI != "/breads/{Name}" || bake.Status != 201 || bake.HostPrefix != "{Name}." || !bake.HasShapes ||
		bake.InputElement != "BakeBreadRequest" || bake.InputNamespace != "urn:bakery" || len(bake.Errors) != 2 {
		t.Errorf("BakeBread is %+v", bake)
	}
	if !clone.Unsigned || clone.HasShapes || clone.Input != nil || clone.Status != 200 || bakery.Operation("CopyBread2020_02_02") != clone {
		t.Errorf("CopyBread is %+v", clone)
	}
	if !smell.StreamingOutput || smell.StreamingInput || smell.Fields != nil {
		t.Errorf("SmellBread is %+v", smell)
	}
	if want := []catalog.Field{{Name: "x-source", Location: "header", Required: true}, {Name: "Note"}, {Name: "Region"}}; !reflect.DeepEqual(clone.Fields, want) {
		t.Errorf("CopyBread has the fields %+v, want %+v", clone.Fields, want)
	}
	burnt, oven := bakery.Error("Burnt"), bakery.Error("NoOven")
	if burnt.Code != "BreadBurnt" || burnt.Status != 409 || !burnt.Sender || burnt.Retryable || burnt.Shape == nil {
		t.Errorf("Burnt is %+v", burnt)
	}
	if oven.Code != "NoOven" || oven.Status != 500 || oven.Sender || !oven.Retryable || !oven.Throttling {
		t.Errorf("NoOven is %+v", oven)
	}
}

func TestBuildShapes(t *testing.T) {
	t.Parallel()
	in := toy(t)[0].Operation("BakeBread").Input
	flour, until, seeds := in.Member("flour"), in.Member("Until"), in.Member("Seeds")
	if !flour.Required || !flour.Idempotency || !flour.Sensitive || flour.Shape.Kind != catalog.Integer || flour.LocationName != "flour" {
		t.Errorf("flour is %+v", flour)
	}
	if until.Location != "header" || until.LocationName != "x-until" || until.TimestampFormat != "rfc822" || until.Required {
		t.Errorf("Until is %+v", until)
	}
	if !seeds.Flattened || seeds.Shape.Element.LocationName != "Seed" || seeds.Shape.Element.Name != "member" {
		t.Errorf("Seeds is %+v", seeds)
	}
	bread := in.Member("Inside").Shape
	if bread.Member("Inside").Shape != bread || bread.Member("Loaves").LocationName != "AllLoaves" || bread.Member("Free").Shape.Kind != catalog.Any ||
		bread.Member("Photo").Shape.Kind != catalog.String {
		t.Errorf("Bread is %+v", bread)
	}
	if name := in.Member("Name").Shape; name.Min != 1 || name.Max != 64 || name.Pattern != "[a-z]+" {
		t.Errorf("Name is %+v", name)
	}
	names := ""
	for _, m := range in.Members {
		names += m.Name + " "
	}
	if names != "Name flour Until Seeds Inside " {
		t.Errorf("the members are in the order %s", names)
	}
}

func TestGoShapes(t *testing.T) {
	t.Parallel()
	got, err := goShapes(toy(t)[0], layout{}, "a test")
	if err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "bakery.golden")
	if *update {
		if err := os.WriteFile(golden, got, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestCommitted makes the Go shapes again from the table. It needs no models, so it runs everywhere.
func TestCommitted(t *testing.T) {
	t.Parallel()
	for name, layout := range typed {
		want, err := goShapes(catalog.Lookup(name), layout, "botocore "+catalog.SourceVersion)
		if err != nil {
			t.Fatal(err)
		}
		below, _ := layout.path(name)
		path := filepath.Join("..", "..", below)
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != string(want) {
			t.Errorf("%s is not what the generator makes: run make generate", path)
		}
	}
}

// TestCalls holds calls.txt against the table: what is listed has shapes, and nothing else.
func TestCalls(t *testing.T) {
	t.Parallel()
	list, err := readCalls("calls.txt")
	if err != nil {
		t.Fatal(err)
	}
	for s := range catalog.All() {
		wanted := list.take(s.Name)
		for _, op := range s.Operations {
			if wanted.has(op.Name) != op.HasShapes {
				t.Errorf("%s.%s has shapes: %v; calls.txt says otherwise: run make generate", s.Name, op.Name, op.HasShapes)
			}
		}
	}
	if left := list.left(); len(left) > 0 {
		t.Errorf("the table lacks %v", left)
	}
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	_, err := buildAll(filepath.Join("testdata", "models"), calls{"bakery": {"EatBread": false}, "cellar": {"*": false}})
	if err == nil || !strings.Contains(err.Error(), "[bakery EatBread cellar *]") {
		t.Errorf("error %v, want one that names what is missing", err)
	}
	path := filepath.Join(t.TempDir(), "calls.txt")
	if err := os.WriteFile(path, []byte("# a comment\nfis * # all\nsts\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := readCalls(path); err == nil || !strings.Contains(err.Error(), ":3: ") {
		t.Errorf("error %v, want one that names line 3", err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "__init__.py"), []byte("__version__ = '1.2.3'\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	models := filepath.Join(dir, "data")
	if err := os.Mkdir(models, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := checkVersion(models, "1.2.3"); err != nil {
		t.Error(err)
	}
	if err := checkVersion(models, "1.2.4"); err == nil {
		t.Error("another version than the models' is accepted")
	}
}

// TestGenerate runs the whole of it twice: the files are the same, and the table can be opened.
func TestGenerate(t *testing.T) {
	t.Parallel()
	var tables []string
	for range 2 {
		root := t.TempDir()
		if err := os.MkdirAll(filepath.Join(root, "internal", "apigen"), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, "internal", "apigen", "calls.txt"), []byte("bakery *\n"), 0o666); err != nil {
			t.Fatal(err)
		}
		if err := generate(filepath.Join("testdata", "models"), "0.1", root); err != nil {
			t.Fatal(err)
		}
		table, err := os.ReadFile(filepath.Join(root, "catalog", "catalog.bin"))
		if err != nil {
			t.Fatal(err)
		}
		tables = append(tables, string(table))
	}
	if tables[0] != tables[1] {
		t.Error("the same models give different bytes")
	}
	table, err := catalog.Open(tables[0])
	if err != nil {
		t.Fatal(err)
	}
	if table.Source != "botocore 0.1" || len(table.Lookup("bakery").Operations) != 3 || table.BySigningName("oven")[1].Name != "brewery" {
		t.Errorf("the table is of %s, with %v", table.Source, table.Names())
	}
}
