package main

import (
	"errors"
	"fmt"
	"io/ioutil"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/pflag"
	internalapi "k8s.io/cri-api/pkg/apis"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1alpha2"
	"k8s.io/kubernetes/pkg/kubelet/cri/remote"
	"sigs.k8s.io/yaml"
)

const (
	crictlUsage     = "usage: crictl [-r SOCKET] info|version|pods|ps|images|inspecti|pull|rmi|stopp|rmp|stop|rm|exec [-q] [-a] [--name NAME] [ID...]"
	crictlSettings  = "/etc/crictl.yaml"
	defaultEndpoint = "unix:///run/containerd/containerd.sock"
)

// The verbs that kubeadm uses and those of a person on a host, over the real interface of the runtime. Output is for people and
// for -q; there is no -o json.
type crictl struct {
	runtime   internalapi.RuntimeService
	images    internalapi.ImageManagerService
	quiet     bool
	all       bool
	name      *regexp.Regexp
	arguments []string
}

func runCrictl() error {
	flags := pflag.NewFlagSet("crictl", pflag.ContinueOnError)
	flags.Usage = func() { fmt.Fprintln(os.Stderr, crictlUsage) }
	endpoint := flags.StringP("runtime-endpoint", "r", endpointFromSettings(), "the runtime's socket")
	imageEndpoint := flags.StringP("image-endpoint", "i", "", "the socket of the image service; the runtime's unless told")
	timeout := flags.DurationP("timeout", "t", 2*time.Minute, "of each call")
	quiet := flags.BoolP("quiet", "q", false, "IDs alone")
	all := flags.BoolP("all", "a", false, "containers that have ended, too")
	name := flags.String("name", "", "containers or pods whose name matches this regular expression")
	version := flags.BoolP("version", "v", false, "")
	if err := flags.Parse(beforeCommand(os.Args[1:])); err != nil {
		return err
	}
	if *version {
		fmt.Println("crictl version v1.13.0")
		return nil
	}
	if flags.NArg() == 0 {
		return errors.New(crictlUsage)
	}
	if *imageEndpoint == "" {
		imageEndpoint = endpoint
	}
	pattern, err := regexp.Compile(*name)
	if err != nil {
		return err
	}
	runtime, err := remote.NewRemoteRuntimeService(withScheme(*endpoint), *timeout)
	if err != nil {
		return err
	}
	images, err := remote.NewRemoteImageService(withScheme(*imageEndpoint), *timeout)
	if err != nil {
		return err
	}
	c := crictl{runtime, images, *quiet, *all, pattern, flags.Args()[1:]}
	return c.run(flags.Arg(0))
}

// What follows the container of `exec` is the command's own, flags and all.
func beforeCommand(arguments []string) []string {
	for i, argument := range arguments {
		if argument == "exec" && i+1 < len(arguments) {
			return append(append(append([]string{}, arguments[:i]...), "--"), arguments[i:]...)
		}
	}
	return arguments
}

func endpointFromSettings() string {
	if fromEnvironment := os.Getenv("CONTAINER_RUNTIME_ENDPOINT"); fromEnvironment != "" {
		return fromEnvironment
	}
	settings := struct {
		RuntimeEndpoint string `json:"runtime-endpoint"`
	}{}
	if text, err := ioutil.ReadFile(crictlSettings); err == nil && yaml.Unmarshal(text, &settings) == nil && settings.RuntimeEndpoint != "" {
		return settings.RuntimeEndpoint
	}
	return defaultEndpoint
}

func withScheme(endpoint string) string {
	if strings.Contains(endpoint, "://") {
		return endpoint
	}
	return "unix://" + endpoint
}

func (c crictl) run(verb string) error {
	switch verb {
	case "info":
		return c.info()
	case "version":
		return c.version()
	case "pods":
		return c.pods()
	case "ps":
		return c.containers()
	case "images", "image":
		return c.listImages()
	case "exec":
		return c.exec()
	case "inspecti":
		return c.each(c.inspectImage)
	case "pull":
		return c.each(c.pull)
	case "rmi":
		return c.each(func(id string) error { return c.images.RemoveImage(&cri.ImageSpec{Image: id}) })
	case "stopp":
		return c.each(c.runtime.StopPodSandbox)
	case "rmp":
		return c.each(c.runtime.RemovePodSandbox)
	case "stop":
		return c.each(func(id string) error { return c.runtime.StopContainer(id, 10) })
	case "rm":
		return c.each(c.runtime.RemoveContainer)
	default:
		return fmt.Errorf("this small crictl has no %q\n%s", verb, crictlUsage)
	}
}

func (c crictl) each(act func(id string) error) error {
	for _, id := range c.arguments {
		if err := act(id); err != nil {
			return err
		}
		fmt.Println(id)
	}
	return nil
}

func (c crictl) info() error {
	status, err := c.runtime.Status()
	if err != nil {
		return err
	}
	for _, condition := range status.Conditions {
		fmt.Printf("%s=%v %s\n", condition.Type, condition.Status, condition.Message)
	}
	return nil
}

func (c crictl) version() error {
	version, err := c.runtime.Version("")
	if err != nil {
		return err
	}
	fmt.Printf("Version:  %s\nRuntimeName:  %s\nRuntimeVersion:  %s\nRuntimeApiVersion:  %s\n",
		version.Version, version.RuntimeName, version.RuntimeVersion, version.RuntimeApiVersion)
	return nil
}

func (c crictl) pods() error {
	pods, err := c.runtime.ListPodSandbox(nil)
	if err != nil {
		return err
	}
	for _, pod := range pods {
		switch {
		case !c.name.MatchString(pod.Metadata.Name):
		case c.quiet:
			fmt.Println(pod.Id)
		default:
			fmt.Println(pod.Id[:13], pod.State, pod.Metadata.Namespace, pod.Metadata.Name)
		}
	}
	return nil
}

func (c crictl) containers() error {
	containers, err := c.runtime.ListContainers(nil)
	if err != nil {
		return err
	}
	for _, container := range containers {
		switch {
		case !c.all && container.State != cri.ContainerState_CONTAINER_RUNNING:
		case !c.name.MatchString(container.Metadata.Name):
		case c.quiet:
			fmt.Println(container.Id)
		default:
			fmt.Println(container.Id[:13], container.State, container.Metadata.Name, "attempt", container.Metadata.Attempt, "pod", container.PodSandboxId[:13])
		}
	}
	return nil
}

func (c crictl) listImages() error {
	images, err := c.images.ListImages(nil)
	if err != nil {
		return err
	}
	for _, image := range images {
		if c.quiet {
			fmt.Println(image.Id)
		} else {
			fmt.Println(strings.Join(image.RepoTags, " "), image.Id, image.Size_)
		}
	}
	return nil
}

func (c crictl) inspectImage(reference string) error {
	image, err := c.images.ImageStatus(&cri.ImageSpec{Image: reference})
	if err == nil && image == nil {
		return fmt.Errorf("no such image %q present", reference)
	}
	return err
}

func (c crictl) pull(reference string) error {
	_, err := c.images.PullImage(&cri.ImageSpec{Image: reference}, nil, nil)
	return err
}

func (c crictl) exec() error {
	if len(c.arguments) < 2 {
		return errors.New("usage: crictl exec CONTAINER COMMAND...")
	}
	out, errors, err := c.runtime.ExecSync(c.arguments[0], c.arguments[1:], 2*time.Minute)
	os.Stdout.Write(out)
	os.Stderr.Write(errors)
	return err
}
