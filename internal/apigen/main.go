// Command apigen makes what Brownout knows of AWS's APIs from botocore's models: catalog/catalog.bin
// and the typed shapes of the services that Brownout answers itself.
//
//	go run ./internal/apigen -models DIR -version 1.43.11
//
// DIR is botocore's data folder: python3 -c 'import botocore; print(botocore.__path__[0] + "/data")'.
// -version is catalog.SourceVersion where it is not given; a new one is also written there by hand.
// The same models give the same bytes. Nothing else in the project needs the models.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/brownoutdev/brownout/catalog"
)

func main() {
	models := flag.String("models", "", "botocore's data folder")
	version := flag.String("version", catalog.SourceVersion, "botocore's version")
	out := flag.String("out", ".", "root of the module to write into")
	flag.Parse()
	if *models == "" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := generate(*models, *version, *out); err != nil {
		fmt.Fprintln(os.Stderr, "apigen:", err)
		os.Exit(1)
	}
}

// generate reads the models and writes every generated file.
func generate(models, version, root string) error {
	if err := checkVersion(models, version); err != nil {
		return err
	}
	calls, err := readCalls(filepath.Join(root, "internal", "apigen", "calls.txt"))
	if err != nil {
		return err
	}
	services, err := buildAll(models, calls)
	if err != nil {
		return err
	}
	source := "botocore " + version
	table, err := catalog.Encode(source, services)
	if err != nil {
		return err
	}
	files := map[string][]byte{filepath.Join("catalog", "catalog.bin"): table}
	for _, service := range services {
		if layout, ok := typed[service.Name]; ok {
			path, _ := layout.path(service.Name)
			if files[path], err = goShapes(service, layout, source); err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
		}
	}
	for path, content := range files {
		path = filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o666); err != nil {
			return err
		}
	}
	fmt.Printf("%d services, %d operations, %d bytes\n", len(services), countOperations(services), len(table))
	return nil
}

// checkVersion holds the version against what the package around the models says it is, if there is one.
func checkVersion(models, version string) error {
	text, err := os.ReadFile(filepath.Join(models, "..", "__init__.py"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && !strings.Contains(string(text), "__version__ = '"+version+"'") {
		err = fmt.Errorf("the models in %s are not of botocore %s", models, version)
	}
	return err
}

// buildAll is every service that the models have.
func buildAll(models string, calls calls) ([]*catalog.Service, error) {
	names, err := serviceNames(models)
	if err != nil {
		return nil, err
	}
	var services []*catalog.Service
	built := map[string]*model{}
	for _, name := range names {
		m, err := readModel(models, name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		service, err := build(name, m, calls.take(name))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		services = append(services, service)
		built[name] = m
	}
	if left := calls.left(); len(left) > 0 {
		return nil, fmt.Errorf("calls.txt names what the models do not have: %v", left)
	}
	tellApart(services, built)
	return services, nil
}

func countOperations(services []*catalog.Service) int {
	n := 0
	for _, s := range services {
		n += len(s.Operations)
	}
	return n
}
