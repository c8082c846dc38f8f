// Command docgen writes the pages of docs/reference that follow from tables in the code, a file per page:
//
//	go run ./internal/docgen
//
// The same code gives the same bytes; a test fails when a page is not what docgen makes.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

// pages are all pages by their file names.
var pages = map[string]func() (string, error){
	"ambiguous.md": ambiguous,
	"fis.md":       fisPage,
	"services.md":  services,
}

// generated begins each page.
const generated = "<!-- Made by `go run ./internal/docgen`; do not edit. -->\n\n"

func main() {
	out := flag.String("out", filepath.Join("docs", "reference"), "folder to write into")
	flag.Parse()
	if flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	for name, make := range pages {
		text, err := make()
		if err == nil {
			err = os.WriteFile(filepath.Join(*out, name), []byte(generated+text), 0o666)
		}
		if err != nil {
			fmt.Fprintf(os.Stderr, "docgen: %s: %v\n", name, err)
			os.Exit(1)
		}
	}
}
