namespace Lockkeeper.Kernel.Verbs;

/// <summary>The environment variables, as a port: only the host reads the process's own.</summary>
public interface IEnvironment
{
    /// <summary>The value of a variable, or null when it is not set.</summary>
    /// <param name="name">Its name.</param>
    string? Get(string name);
}
