using System.Diagnostics;
using System.Runtime.InteropServices;
using Lockkeeper.Tests.TestKit.Hosts;

namespace Lockkeeper.Tests.TestKit;

/// <summary>Ansible, which <c>eng/setup test</c> installs.</summary>
public static class Ansible
{
    /// <summary>The folder of the published program: what the tests run, beside them.</summary>
    public static string Program { get; } = Path.Combine(RepositoryRoot.Path("artifacts/bin/Cli"), Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)));

    /// <summary>Where the program finds its runtime.</summary>
    public static string DotnetRoot { get; } = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));

    /// <summary>Runs ansible-inventory or ansible-playbook in a folder.</summary>
    public static async Task<Ended> RunAsync(string folder, IReadOnlyDictionary<string, string?> variables, string program, params string[] arguments)
    {
        var info = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        info.Environment["ANSIBLE_ROLES_PATH"] = RepositoryRoot.Path("deploy/ansible/roles");
        info.Environment["ANSIBLE_LOCALHOST_WARNING"] = "false";
        info.Environment["ANSIBLE_NOCOLOR"] = "1";
        info.Environment["ANSIBLE_PYTHON_INTERPRETER"] = "/usr/bin/python3";
        info.Environment["ANSIBLE_PIPELINING"] = "true";
        info.Environment["ANSIBLE_LOCAL_TEMP"] = Path.Combine(folder, ".ansible");
        info.Environment["LC_ALL"] = "C.UTF-8";
        // One connection for all tasks, which ends by itself soon after the last.
        info.Environment["ANSIBLE_SSH_ARGS"] = "-o ControlMaster=auto -o ControlPersist=3s";
        info.Environment["ANSIBLE_SSH_CONTROL_PATH_DIR"] = Path.Combine(folder, ".ssh");
        info.Environment["DOTNET_ROOT"] = DotnetRoot;
        info.Environment["LOCKKEEPER_COMMAND"] = LkProcess.Program;
        foreach (var (name, value) in variables)
            info.Environment[name] = value;
        using var process = Process.Start(info)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new Ended(process.ExitCode, output + await errors);
    }

    /// <summary>A line of an inventory file for a host.</summary>
    public static string Line(NetworkHost host) =>
        $"far ansible_host={host.Address} ansible_port={host.Port} ansible_user={host.User} ansible_ssh_private_key_file={host.Identity} ansible_ssh_common_args='-o UserKnownHostsFile={host.KnownHosts}'";
}
