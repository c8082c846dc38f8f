# `make test` is what continuous integration runs: it installs what it needs below .build and checks
# everything that has to hold before a commit. It needs Go 1.26, Python 3 with venv, and bash.

SHELL := bash
GO ?= go
PYTHON ?= python3

STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
BOTOCORE := $(shell sed -n 's/^botocore==//p' e2e/requirements.txt)

# Modules beside the root: they keep the SDKs and the load generator out of the product's go.mod.
SUBMODULES := e2e bench
VENV := .build/venv
GENERATED := .build/generated

# The race detector needs cgo on Linux, hence a C compiler. Without one the tests run without it.
RACE := $(if $(filter 1,$(shell $(GO) env CGO_ENABLED)),-race)

.PHONY: help
help: ## List the targets.
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1	\2/p' $(MAKEFILE_LIST) | expand -t 24

.PHONY: test
test: format tidy vet staticcheck generated cross unit bench-check e2e ## Check everything.
	@echo "All tests passed."

.PHONY: build
build: ## Build bin/brownout.
	CGO_ENABLED=0 $(GO) build -trimpath -o bin/brownout .

.PHONY: format
format: ## Check that gofmt would change nothing.
	@files=$$(gofmt -l .) || exit 1; \
	if [ -n "$$files" ]; then echo "gofmt would change these files; run gofmt -w on them:"; echo "$$files"; exit 1; fi

.PHONY: tidy
tidy: ## Check that go mod tidy would change nothing.
	@for module in . $(SUBMODULES); do \
	  (cd $$module && $(GO) mod tidy -diff) || { echo "run 'go mod tidy' in $$module"; exit 1; }; \
	done

.PHONY: vet
vet: ## Run go vet.
	@for module in . $(SUBMODULES); do (cd $$module && echo "go vet: $$module" && $(GO) vet ./...) || exit 1; done

.PHONY: staticcheck
staticcheck: ## Run staticcheck.
	@for module in . $(SUBMODULES); do \
	  (cd $$module && echo "staticcheck: $$module" && $(GO) run $(STATICCHECK) ./...) || exit 1; \
	done

.PHONY: generated
generated: $(VENV)/ready ## Check that generating again changes no generated file.
	@rm -rf $(GENERATED) && mkdir -p $(GENERATED)/internal/apigen
	@cp internal/apigen/calls.txt $(GENERATED)/internal/apigen/
	@models=$$($(VENV)/bin/python -c 'import botocore; print(botocore.__path__[0] + "/data")') && \
	  $(GO) run ./internal/apigen -models "$$models" -version $(BOTOCORE) -out $(GENERATED)
	@mkdir -p $(GENERATED)/docs/reference && $(GO) run ./internal/docgen -out $(GENERATED)/docs/reference
	@cd $(GENERATED) && find . -type f | while read -r file; do \
	  cmp "$$file" "$(CURDIR)/$$file" || { echo "$$file is not what apigen and docgen make; run 'make generate'"; exit 1; }; \
	done

.PHONY: generate
generate: $(VENV)/ready ## Generate the catalogue and the typed shapes from botocore's models, and the reference pages.
	models=$$($(VENV)/bin/python -c 'import botocore; print(botocore.__path__[0] + "/data")') && \
	  $(GO) run ./internal/apigen -models "$$models" -version $(BOTOCORE)
	$(GO) run ./internal/docgen

# A build of several packages writes no file.
.PHONY: cross
cross: ## Check that everything builds for the other platforms.
	@for platform in darwin/arm64 windows/amd64 linux/arm64; do \
	  echo "build: $$platform"; \
	  CGO_ENABLED=0 GOOS=$${platform%/*} GOARCH=$${platform#*/} $(GO) build ./... || exit 1; \
	done

.PHONY: unit
unit: ## Run the tests of the root module.
	@$(if $(RACE),,echo "No C compiler: the tests run without the race detector.")
	$(GO) test $(RACE) ./...

# -count=1: the test cache does not see the sources of the binary that these tests build.
.PHONY: e2e
e2e: $(VENV)/ready ## Run the end-to-end tests with the AWS CLI, boto3 and the AWS SDK for Go.
	cd e2e && $(GO) test -count=1 -parallel 4 ./...

.PHONY: bench-check
bench-check: ## Check that the load generator builds and passes its tests.
	cd bench && $(GO) test ./...

.PHONY: bench
bench: build ## Measure, beside a bare net/http server in the same run (Linux, under 2 minutes).
	cd bench && $(GO) run . -brownout $(CURDIR)/bin/brownout

.PHONY: bench-proxies
bench-proxies: build ## Measure Brownout in front of an upstream, beside Go's ReverseProxy and nginx if it is installed (Linux, under 2 minutes).
	cd bench && $(GO) run . -proxies -brownout $(CURDIR)/bin/brownout

# Made again whenever the pinned versions change.
$(VENV)/ready: e2e/requirements.txt
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "$(PYTHON) cannot make virtual environments. Install Python 3 with venv (Debian, Ubuntu: apt-get install python3-venv), or name another one: make PYTHON=... test"; exit 1; }
	rm -rf $(VENV)
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --requirement e2e/requirements.txt
	@touch $@

.PHONY: clean
clean: ## Remove what make has built and installed.
	rm -rf .build bin
