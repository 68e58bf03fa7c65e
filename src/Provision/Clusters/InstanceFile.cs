namespace Lockkeeper.Provision.Clusters;

/// <summary>A file of an instance as it should be.</summary>
/// <param name="Path">Where.</param>
/// <param name="Text">What stands in it.</param>
/// <param name="Mode">Its mode in octal digits.</param>
internal sealed record InstanceFile(string Path, string Text, string Mode);
