using Lockkeeper.Engines.PostgreSql.Sandbox;
using Lockkeeper.Kernel.Processes;
using Lockkeeper.Kernel.Verbs;

namespace Lockkeeper.Tests.TestKit.PostgreSql;

/// <summary>What sandbox clusters need from the outside, with variables of the test's own on top of this process's.</summary>
public static class TestPorts
{
    public static SandboxPorts Create(IReadOnlyDictionary<string, string?>? variables = null)
    {
        var redactor = new Redactor();
        return new SandboxPorts(new Variables(variables ?? new Dictionary<string, string?>()), new ProcessRunner(redactor, TimeProvider.System), redactor, TimeProvider.System, new SilentProgress());
    }

    private sealed class Variables(IReadOnlyDictionary<string, string?> own) : IEnvironment
    {
        public string? Get(string name) => own.TryGetValue(name, out var value) ? value : Environment.GetEnvironmentVariable(name);
    }
}
