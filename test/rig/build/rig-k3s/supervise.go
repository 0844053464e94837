package main

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

const (
	defaultComponents = "/etc/rancher/k3s/components"
	readyURL          = "https://127.0.0.1:6443/readyz"
	readyWithin       = 2 * time.Minute
	// A kube-apiserver waits up to a minute for its watchers to leave; k3s, which is one process, does not.
	stopWithin = 2 * time.Second
)

// What has to answer before the next may start: a controller-manager gives up ten seconds after an API that is not there.
var order = map[string][]string{
	"server": {"kubelet", "kube-apiserver", "ready", "kube-controller-manager", "kube-scheduler", "kube-proxy"},
	"agent":  {"kubelet", "kube-proxy"},
}

type ended struct {
	name string
	err  error
}

// supervise starts a role's components, each with the arguments of its file NAME.args (one a line) in the components
// folder, and ends with exit code 1 when one of them ends, or 0 on SIGTERM. A component without a file is left out.
func supervise(role string, arguments []string) {
	folder := defaultComponents
	if len(arguments) == 2 && arguments[0] == "--components" {
		folder = arguments[1]
	}
	// Pdeathsig follows the thread that made the child, not the process: this one lives as long as the process.
	runtime.LockOSThread()
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	died := make(chan ended, len(order[role]))
	children := []*exec.Cmd{}
	for _, name := range order[role] {
		if name == "ready" {
			if !waitReady(stop, died) {
				end(children)
				os.Exit(1)
			}
			continue
		}
		flags, err := readFlags(filepath.Join(folder, name+".args"))
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			end(children)
			fail(err.Error())
		}
		child := start(name, flags, died)
		children = append(children, child)
	}
	if len(children) == 0 {
		fail("no component has a file NAME.args in " + folder)
	}
	select {
	case <-stop:
		end(children)
	case first := <-died:
		fmt.Fprintf(os.Stderr, "k3s %s: %s ended: %v\n", role, first.name, first.err)
		end(children)
		os.Exit(1)
	}
}

func start(name string, flags []string, died chan<- ended) *exec.Cmd {
	child := &exec.Cmd{
		Path:        "/proc/self/exe",
		Args:        append([]string{name}, flags...),
		Stdout:      os.Stdout,
		Stderr:      os.Stderr,
		SysProcAttr: &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL},
	}
	if err := child.Start(); err != nil {
		died <- ended{name, err}
		return child
	}
	go func() { died <- ended{name, child.Wait()} }()
	return child
}

// waitReady returns false when the service is to end before the API server has answered.
func waitReady(stop <-chan os.Signal, died <-chan ended) bool {
	// the certificate is not looked at: the answer is the loopback's own, and carries nothing
	client := http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	deadline := time.Now().Add(readyWithin)
	for time.Now().Before(deadline) {
		answer, err := client.Get(readyURL)
		if err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return true
			}
		}
		select {
		case <-stop:
			return false
		case first := <-died:
			fmt.Fprintf(os.Stderr, "k3s server: %s ended: %v\n", first.name, first.err)
			return false
		case <-time.After(200 * time.Millisecond):
		}
	}
	fmt.Fprintf(os.Stderr, "k3s server: no answer from %s within %s\n", readyURL, readyWithin)
	return false
}

// end asks all children to leave, and makes them; those that are gone already answer with an error that says nothing new.
func end(children []*exec.Cmd) {
	for _, child := range children {
		if child.Process != nil {
			_ = child.Process.Signal(syscall.SIGTERM)
		}
	}
	deadline := time.Now().Add(stopWithin)
	for _, child := range children {
		for child.Process != nil && child.Process.Signal(syscall.Signal(0)) == nil && time.Now().Before(deadline) {
			time.Sleep(20 * time.Millisecond)
		}
		if child.Process != nil {
			_ = child.Process.Kill()
		}
	}
}

func readFlags(path string) ([]string, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	flags := []string{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if line := strings.TrimSpace(lines.Text()); line != "" && !strings.HasPrefix(line, "#") {
			flags = append(flags, line)
		}
	}
	return flags, nil
}
