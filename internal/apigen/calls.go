package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// calls is which operations come with shapes: service to operations.
type calls map[string]wanted

// wanted is operation names, or "*" for all; true once it was taken.
type wanted map[string]bool

// readCalls reads lines of "service Operation" or "service *"; '#' begins a comment.
func readCalls(path string) (calls, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	c := calls{}
	for i, line := range strings.Split(string(content), "\n") {
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		if len(words) < 2 {
			return nil, fmt.Errorf("%s:%d: want a service and its operations", path, i+1)
		}
		if c[words[0]] == nil {
			c[words[0]] = wanted{}
		}
		for _, operation := range words[1:] {
			c[words[0]][operation] = false
		}
	}
	return c, nil
}

// take is what is wanted of a service.
func (c calls) take(service string) wanted { return c[service] }

// has reports whether an operation is wanted.
func (w wanted) has(operation string) bool {
	for _, name := range []string{operation, "*"} {
		if _, ok := w[name]; ok {
			w[name] = true
			return true
		}
	}
	return false
}

// left is what no model had.
func (c calls) left() []string {
	var left []string
	for service, operations := range c {
		for operation, taken := range operations {
			if !taken {
				left = append(left, service+" "+operation)
			}
		}
	}
	slices.Sort(left)
	return left
}
